//! The files and lines for SLURM.

use super::array::{Window, windows};
use crate::error::{Error, Result};
use crate::files;
use std::env;
use std::path::{Path, PathBuf};

/// The names of the two files beside a plan, and of the folder of what the tasks print.
pub(super) const SHARDS: &str = "shards.sbatch";
const MERGE: &str = "merge.sbatch";
const PRINTED: &str = "printed";
/// The folder of the report that the second file makes.
const REPORT: &str = "report";

/// What the two files say.
pub(super) struct Batch {
    /// The program, as an absolute path.
    pub program: PathBuf,
    /// The folder of the plan, as an absolute path.
    pub folder: PathBuf,
    pub shards: usize,
    pub threads: usize,
    /// SLURM's MaxArraySize.
    pub array_size: usize,
    pub mixed: bool,
    /// The expected time of the longest shard, in words.
    pub longest: String,
}

/// Returns the path of this program.
pub(super) fn program() -> Result<PathBuf> {
    env::current_exe().map_err(|e| Error::io("find the program", Path::new("gradus"), e))
}

impl Batch {
    /// Writes both files, and the folder for what the tasks print.
    pub fn write(&self) -> Result<()> {
        files::create_folder(&self.folder.join(PRINTED))?;
        files::write_atomically(&self.folder.join(SHARDS), self.of_shards())?;
        files::write_atomically(&self.folder.join(MERGE), self.of_merge())
    }

    /// Returns the lines that submit everything. A submission that is refused ends them, so that it is
    /// noticed.
    pub fn submission(&self) -> String {
        let all: Vec<usize> = (1..=self.shards).collect();
        let (shards, merge) = (self.quoted(SHARDS), self.quoted(MERGE));
        let windows = windows(&all, self.array_size);
        let names: Vec<String> = (1..=windows.len()).map(|k| format!("j{k}")).collect();
        let submit = |(window, name): (&Window, &String)| {
            format!("{name}=$(sbatch --parsable {} {shards}) &&\n", window.options())
        };
        let jobs: String = windows.iter().zip(&names).map(submit).collect();
        let after: String = names.iter().map(|name| format!(":${{{name}%%;*}}")).collect();
        format!("{jobs}sbatch --dependency=afterany{after} {merge}")
    }

    fn of_shards(&self) -> String {
        let comment: String = self.submission().lines().map(|line| format!("#   {line}\n")).collect();
        let first = windows(&(1..=self.shards).collect::<Vec<_>>(), self.array_size)[0].options();
        let mixed = if self.mixed { " --mixed" } else { "" };
        format!(
            "#!/bin/bash\n\
             # The shards of a comparison by gradus. This submits them, and the merge after them:\n\
             {comment}\
             # Add what your site asks for: an account, a partition, a time limit. The longest shard takes\n\
             # about {}. A shard that is run again runs only what is missing.\n\
             #SBATCH --job-name=gradus-shards\n\
             #SBATCH {first}\n\
             #SBATCH --ntasks=1\n\
             #SBATCH --cpus-per-task={}\n\
             #SBATCH --requeue\n\
             #SBATCH --open-mode=append\n\
             #SBATCH --output={}\n\
             exec {} compare --plan {} --out {} --threads \"${{SLURM_CPUS_PER_TASK:-{}}}\"{mixed}\n",
            self.longest,
            self.threads,
            self.printed("%A_%a.txt"),
            quoted(&self.program),
            self.quoted("plan.txt"),
            quoted(&self.folder),
            self.threads,
        )
    }

    fn of_merge(&self) -> String {
        let mixed = if self.mixed { " --mixed" } else { "" };
        format!(
            "#!/bin/bash\n\
             # Merges the shards of a comparison by gradus, whatever became of them: if runs are missing,\n\
             # it says which, how to submit them again, and fails.\n\
             #SBATCH --job-name=gradus-merge\n\
             #SBATCH --ntasks=1\n\
             #SBATCH --requeue\n\
             #SBATCH --open-mode=append\n\
             #SBATCH --output={}\n\
             exec {} compare merge {} --out {}{mixed}\n",
            self.printed("merge-%j.txt"),
            quoted(&self.program),
            quoted(&self.folder),
            self.quoted(REPORT),
        )
    }

    fn quoted(&self, file: &str) -> String {
        quoted(&self.folder.join(file))
    }

    /// Returns the value of `--output`. SLURM reads a quoted text there, in which % begins a pattern.
    fn printed(&self, name: &str) -> String {
        let folder = self.folder.join(PRINTED).display().to_string().replace('%', "%%");
        format!("\"{folder}/{name}\"")
    }
}

/// Returns the lines that submit some shards again.
pub(super) fn resubmission(folder: &Path, shards: &[usize], array_size: usize) -> Vec<String> {
    let file = quoted(&folder.join(SHARDS));
    windows(shards, array_size).iter().map(|window| format!("sbatch {} {file}", window.options())).collect()
}

/// Quotes a path for the shell, if it must be.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@=".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(shards: usize) -> Batch {
        Batch {
            program: "/opt/gradus".into(),
            folder: "/data/my plan".into(),
            shards,
            threads: 2,
            array_size: 1001,
            mixed: false,
            longest: "1 min".into(),
        }
    }

    #[test]
    fn an_array_stays_below_the_size_that_a_site_allows() {
        let small = batch(8);
        assert!(small.of_shards().contains("#SBATCH --array=1-8\n"));
        assert_eq!(
            small.submission(),
            "j1=$(sbatch --parsable --array=1-8 '/data/my plan/shards.sbatch') &&\n\
             sbatch --dependency=afterany:${j1%%;*} '/data/my plan/merge.sbatch'"
        );
        let large = batch(1500);
        assert!(large.of_shards().contains("#SBATCH --array=1-1000\n"));
        let lines = large.submission();
        assert!(lines.contains("--array=1-500 --export=ALL,GRADUS_SHARDS_BEFORE=1000"), "{lines}");
        assert!(lines.ends_with("afterany:${j1%%;*}:${j2%%;*} '/data/my plan/merge.sbatch'"), "{lines}");
        let again = resubmission(Path::new("d"), &[3, 17, 1002], 1001);
        let expected = ["sbatch --array=3,17 d/shards.sbatch", {
            "sbatch --array=2 --export=ALL,GRADUS_SHARDS_BEFORE=1000 d/shards.sbatch"
        }];
        assert_eq!(again, expected);
    }

    #[test]
    fn tasks_are_requeued_and_the_merge_comes_whatever_became_of_them() {
        let text = batch(3).of_shards();
        for line in ["#SBATCH --requeue\n", "#SBATCH --open-mode=append\n", "#SBATCH --cpus-per-task=2\n"] {
            assert!(text.contains(line), "{text}");
        }
        assert!(text.contains("#SBATCH --output=\"/data/my plan/printed/%A_%a.txt\"\n"), "{text}");
        let run = "exec /opt/gradus compare --plan '/data/my plan/plan.txt' --out '/data/my plan' --threads \
                   \"${SLURM_CPUS_PER_TASK:-2}\"\n";
        assert!(text.ends_with(run), "{text}");
        assert!(batch(3).of_merge().ends_with("merge '/data/my plan' --out '/data/my plan/report'\n"));
        let mixed = Batch { mixed: true, ..batch(3) };
        assert!(mixed.of_shards().ends_with(" --mixed\n") && mixed.of_merge().ends_with(" --mixed\n"));
    }

    #[test]
    fn paths_are_quoted_for_the_shell() {
        let cases = [("/a/b-1.txt", "/a/b-1.txt"), ("it's", "'it'\\''s'"), ("a b", "'a b'"), ("$x", "'$x'")];
        cases.iter().for_each(|(path, text)| assert_eq!(quoted(Path::new(path)), *text));
    }
}
