//! `server questions check` and `import`: banks of question templates, read from their files, tried and imported.

use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use domain::assessment::bank::{Bank, guessing::Looks};
use services::{Services, assessment};

/// Tries every template under the folder on seeds `0..seeds`.
///
/// # Errors
/// All faults, a line each: file, line, and the seed that shows it.
pub(crate) fn check(folder: &Path, seeds: u64) -> Result<(), Box<dyn Error>> {
    let files = toml_files(folder)?;
    if files.is_empty() {
        return Err(format!("{}: there is no .toml file in it", folder.display()).into());
    }
    let (mut templates, mut faults) = (0, Vec::new());
    let mut ids = std::collections::BTreeMap::new();
    let mut looks = Looks::default();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        match Bank::read(&text) {
            Err(error) => faults.push(format!("{}:{}: {}", file.display(), error.line, error.what)),
            Ok(bank) => {
                looks.bank(&bank);
                templates += bank.templates.len();
                for (at, template) in bank.templates.iter().enumerate() {
                    if let Some(first) =
                        ids.insert(template.id.clone(), file.clone()).filter(|first| *first != file)
                    {
                        let line = bank.line(at, "id");
                        faults.push(format!(
                            "{}:{line}: {}: id: {} has it too",
                            file.display(),
                            template.id,
                            first.display()
                        ));
                    }
                }
                for found in bank.check(&(0..seeds)) {
                    let seed = found.finding.seed.map(|seed| format!(" (seed {seed})")).unwrap_or_default();
                    faults.push(format!(
                        "{}:{}: {}: {}: {}{seed}",
                        file.display(),
                        found.line,
                        found.template,
                        found.finding.key,
                        found.finding.what
                    ));
                }
            }
        }
    }
    faults.extend(looks.findings().into_iter().map(|what| format!("{}: {what}", folder.display())));
    if !faults.is_empty() {
        return Err(format!("{}\n{} to mend.", faults.join("\n"), faults.len()).into());
    }
    writeln!(stdout(), "{templates} templates, each tried on {seeds} seeds: nothing is wrong.")?;
    Ok(())
}

/// The forms that people would write for each text answer under the folder, and which of them are accepted: for a
/// reader of the bank to judge.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn forms(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut report = String::new();
    for file in toml_files(folder)? {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let bank = Bank::read(&text)
            .map_err(|error| format!("{}:{}: {}", file.display(), error.line, error.what))?;
        for (at, template) in bank.templates.iter().enumerate() {
            let forms = template.forms(0);
            if forms.is_empty() {
                continue;
            }
            let of = |taken: bool| {
                // Differences in spaces, capitals and a full stop need no review.
                let mut seen = BTreeSet::new();
                let plain = |typed: &str| typed.replace(' ', "").trim_end_matches('.').to_lowercase();
                let typed =
                    forms.iter().filter(|form| form.taken == taken && seen.insert(plain(&form.typed)));
                typed.map(|form| format!("{:?}", form.typed)).collect::<Vec<_>>().join(", ")
            };
            let (line, id) = (bank.line(at, "id"), &template.id);
            report += &format!(
                "{}:{line}: {id}\n    takes {}\n    not   {}\n",
                file.display(),
                of(true),
                of(false)
            );
        }
    }
    Ok(report)
}

/// Imports every bank under the folder into the shared bank. Each is tried on a few seeds first; `check` tries more.
///
/// # Errors
/// The findings of [`check`]: nothing is imported then.
pub(crate) async fn import(services: &Services, folder: &Path) -> Result<(), Box<dyn Error>> {
    const SEEDS: u64 = 20;
    check(folder, SEEDS)?;
    let banks: Vec<Bank> = toml_files(folder)?
        .into_iter()
        .map(|file| Ok(Bank::read(&fs::read_to_string(file)?)?))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let done = assessment::bank::import_shared_bank(services, &banks).await?;
    writeln!(
        stdout(),
        "Question bank: {} templates added, {} changed, {} retired.",
        done.new,
        done.changed,
        done.retired
    )?;
    Ok(())
}

/// The bank files of a folder and of the folders in it, sorted.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(toml_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{check, forms};

    #[test]
    fn the_report_of_forms_names_file_line_and_accepted_forms() {
        let folder = tempfile::tempdir().unwrap();
        let bank = "[[question]]\nid = \"dose\"\ncategory = \"comprehension\"\ndifficulty = 1\nwording = \"Which?\"\nexplanation = \"So.\"\n[question.text-entry]\naccepted = [\"100 micrograms\"]\n";
        std::fs::write(folder.path().join("bank.toml"), bank).unwrap();
        let report = forms(folder.path()).unwrap();
        assert!(report.contains("bank.toml:2: dose\n    takes "), "{report}");
        let (taken, not) = report.split_once("\n    not ").unwrap();
        assert!(
            taken.contains("micrograms")
                && taken.matches("100").count() == 1
                && not.contains("\"100 microgram\""),
            "{report}"
        );
    }

    #[test]
    fn faults_are_named_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check(folder.path(), 10).unwrap_err().to_string().contains("no .toml file"));
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("deep/bank.toml"), "[[question]]\nid = 5\n").unwrap();
        let error = check(folder.path(), 10).unwrap_err().to_string();
        assert!(error.contains("deep/bank.toml:2:") && error.ends_with("1 to mend."), "{error}");
    }
}
