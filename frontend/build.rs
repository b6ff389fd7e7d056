//! Keeps the texts of each area in that area's own file: merged by the linker, all of them would be in the first file,
//! which every visitor loads.

fn main() {
    if std::env::var("TARGET").is_ok_and(|target| target.starts_with("wasm32")) {
        println!("cargo:rustc-link-arg-cdylib=--no-merge-data-segments");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
