//! The command `gradus`. All of it is in `gradus::cli`.

fn main() -> std::process::ExitCode {
    gradus::cli::main()
}
