//! The very program that is shipped, under a name that cargo gives to the tests.

fn main() -> std::process::ExitCode {
    studio::program::main()
}
