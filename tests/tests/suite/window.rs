//! The real window, driven by WebDriver.

mod bodies;
mod edges;
mod hostile;
mod main_job;
mod organise;
mod screens;
mod signature;
mod sources;
mod storage;
mod trouble;
