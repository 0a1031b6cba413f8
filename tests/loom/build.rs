//! Lets `handover.rs` use loom's atomics here, and nowhere else.
fn main() {
    println!("cargo::rustc-cfg=loom");
}
