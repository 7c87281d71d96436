#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rhombus_kisi_fuzz::profiles(data));
