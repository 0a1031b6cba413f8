//! Checks of Jupyter and of the kernel for notebooks.

use super::check::Check;
use crate::cli::child::answer;
use crate::cli::command::notebook::python;
use crate::cli::project::Project;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

const SETUP: &str = "make setup";

pub(super) fn checks(project: &Project) -> Vec<Check> {
    let mut checks = vec![Check::of("python environment", environment(project), SETUP)];
    checks.push(Check::of("jupyter", packages(project), SETUP));
    let spec = spec(project);
    let about = spec.as_ref().map(|spec| spec["display_name"].as_str().unwrap_or_default().to_owned());
    checks.push(Check::of("kernel", about.map_err(Clone::clone), SETUP));
    let Ok(spec) = spec else { return checks };
    checks.push(Check::of("evcxr_jupyter", evcxr(&spec), SETUP));
    checks.push(Check::of("library for cells", library(project, &spec), SETUP));
    checks.push(Check::of("standard library's sources", sources(&spec), SETUP));
    checks
}

fn environment(project: &Project) -> Result<String, String> {
    let python = python(project).map_err(|_| ".setup/venv is missing")?;
    answer(Command::new(&python).arg("--version")).ok_or(format!("{} cannot be run", python.display()))
}

/// Checks the versions of the packages that `scripts/requirements.txt` pins.
fn packages(project: &Project) -> Result<String, String> {
    let python = python(project).map_err(|_| "there is no python environment")?;
    let pins = fs::read_to_string(project.root.join("scripts/requirements.txt"))
        .map_err(|_| "scripts/requirements.txt is missing")?;
    let pins: Vec<(&str, &str)> =
        pins.lines().filter_map(|line| line.split('#').next()?.trim().split_once("==")).collect();
    let script = "import sys, importlib.metadata as m\n\
                  def version(name):\n    try: return m.version(name)\n    except m.PackageNotFoundError: \
                  return 'none'\n\
                  print(*map(version, sys.argv[1:]))";
    let names = pins.iter().map(|(name, _)| name);
    let versions = answer(Command::new(python).args(["-c", script]).args(names))
        .ok_or("its packages cannot be asked for")?;
    let differing = pins.iter().zip(versions.split_whitespace()).find(|((_, pinned), got)| pinned != got);
    match differing {
        Some(((name, pinned), got)) => Err(format!("{name} {pinned} is wanted, {got} is there")),
        None => {
            Ok(pins.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Returns the kernel's `kernel.json`.
fn spec(project: &Project) -> Result<Value, String> {
    let path = project.root.join(".setup/venv/share/jupyter/kernels/gradus/kernel.json");
    let text = fs::read_to_string(&path).map_err(|_| format!("{} is missing", Project::shown(&path)))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is garbled: {error}", Project::shown(&path)))
}

fn evcxr(spec: &Value) -> Result<String, String> {
    let path = PathBuf::from(program(spec).unwrap_or_default());
    if !path.is_file() {
        return Err(format!("{} is missing", path.display()));
    }
    let list =
        path.ancestors().nth(2).map(|root| fs::read_to_string(root.join(".crates.toml")).unwrap_or_default());
    let version = list.as_deref().and_then(installed).unwrap_or("of unknown version");
    Ok(format!("{version} ({})", path.display()))
}

/// Returns the path of evcxr. The kernel's command is `python FRONT EVCXR CONNECTION_FILE`.
fn program(spec: &Value) -> Option<&str> {
    let mut words = spec["argv"].as_array()?.iter().filter_map(Value::as_str);
    words.find(|word| Path::new(word).file_stem().is_some_and(|name| name == "evcxr_jupyter"))
}

/// Reads the version in cargo's list of installed programs: `"evcxr_jupyter 0.22.0 (registry…)" = [`.
fn installed(list: &str) -> Option<&str> {
    list.split_once("\"evcxr_jupyter ")?.1.split_whitespace().next()
}

/// Checks that the prebuilt library is not older than its sources.
fn library(project: &Project, spec: &Value) -> Result<String, String> {
    let path = PathBuf::from(spec["env"]["GRADUS_KERNEL_LIB"].as_str().unwrap_or_default());
    let built = modified(&path).ok_or_else(|| format!("{} is missing", path.display()))?;
    let root = &project.root;
    let mut sources = vec![root.join("Cargo.toml"), root.join("Cargo.lock")];
    [root.join("src"), root.join("notebooks/kernel/src")]
        .iter()
        .for_each(|folder| collect(folder, &mut sources));
    match sources.iter().find(|source| modified(source).is_some_and(|changed| changed > built)) {
        Some(newer) => Err(format!("it is older than {}", Project::shown(newer))),
        None => Ok(path.display().to_string()),
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

/// Returns all files below a folder.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}

fn sources(spec: &Value) -> Result<String, String> {
    let folder = PathBuf::from(spec["env"]["RUST_SRC_PATH"].as_str().unwrap_or_default());
    let there = folder.join("core/src/lib.rs").is_file();
    if there {
        Ok(folder.display().to_string())
    } else {
        Err(format!("they are not in {}", folder.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a_bare_project_lacks_each_thing_and_names_the_command() {
        let folder = tempfile::tempdir().unwrap();
        let checks = checks(&Project { root: folder.path().into() });
        assert_eq!(checks.len(), 3);
        assert!(
            checks.iter().all(|check| check.state == State::Missing && check.mend == SETUP),
            "{checks:?}"
        );
    }

    #[test]
    fn the_version_is_in_cargos_list() {
        assert_eq!(
            installed("[v1]\n\"evcxr_jupyter 0.22.0 (registry+https://x)\" = [\"evcxr_jupyter\"]\n"),
            Some("0.22.0")
        );
        assert_eq!(installed("[v1]\n"), None);
    }

    #[test]
    fn evcxr_is_found_in_the_kernels_command() {
        let spec =
            serde_json::json!({ "argv": ["python", "front", "/x/bin/evcxr_jupyter", "{connection_file}"] });
        assert_eq!(program(&spec), Some("/x/bin/evcxr_jupyter"));
        assert!(evcxr(&serde_json::json!({})).is_err());
    }

    #[test]
    fn a_library_older_than_a_source_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src")).unwrap();
        let (lib, source) = (root.join("lib.so"), root.join("src/lib.rs"));
        for (path, age) in [(&lib, 10), (&source, 20)] {
            let file = fs::File::create(path).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age)).unwrap();
        }
        let spec = serde_json::json!({ "env": { "GRADUS_KERNEL_LIB": lib, "RUST_SRC_PATH": root } });
        let project = Project { root: root.into() };
        assert!(library(&project, &spec).is_ok());
        fs::write(&source, "changed").unwrap();
        assert!(library(&project, &spec).unwrap_err().contains("lib.rs"));
        assert!(sources(&spec).is_err());
    }
}
