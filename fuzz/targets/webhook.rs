#![no_main]
#![expect(dead_code, reason = "the bodies of all targets stand together")]

#[path = "../../tests/it/src/fuzz_bodies/mod.rs"]
mod fuzz_bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_bodies::webhooks::webhook(data));
