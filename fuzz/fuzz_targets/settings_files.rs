#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rhombus_kisi_fuzz::settings_files(data));
