#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| wix_media_fuzz::resumable(data));
