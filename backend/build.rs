//! Tells cargo what the binary embeds that cargo does not see by itself.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
    println!("cargo::rerun-if-changed=../frontend/dist");
    println!("cargo::rerun-if-changed=build.rs");
}
