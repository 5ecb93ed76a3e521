//! Where the browser comes in.

fn main() {
    frontend::run();
}
