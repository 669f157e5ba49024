//! A machine that gives no more: no space, no rights, no descriptors, no memory, no network to trust. Nothing that was
//! acknowledged is lost, and each trouble has its sentence.

mod crowd;
mod disk;
mod packed;
mod places;
mod redirects;
mod sentences;
