//! The binary; what it does is in `studio::program`.

fn main() -> std::process::ExitCode {
    studio::program::main()
}
