//! The embedded Media Manager from outside: requests in, responses and events out.
#![cfg(not(target_arch = "wasm32"))]

mod access;
mod aids;
mod archive;
mod conflicts;
mod crash;
mod decorated;
mod delivering;
mod directory;
mod downloads;
mod files;
mod folders;
mod full;
mod fuzz;
mod imports;
mod integrity;
mod model;
mod noise;
mod overtaken;
mod pages;
mod pictures;
mod recognition;
mod seed;
mod site;
mod sweep;
mod threads;
mod transcodes;
mod uploads;
mod versions;
mod webhooks;
