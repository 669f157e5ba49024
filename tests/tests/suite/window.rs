//! The real window, driven by WebDriver.

mod bodies;
mod edges;
mod export;
mod hostile;
mod hostile_screens;
mod layout;
mod main_job;
mod organise;
mod providers;
mod reading;
mod requests;
mod screens;
mod signature;
mod sources;
mod start;
mod storage;
mod trouble;
mod tunnel;
mod vault;
