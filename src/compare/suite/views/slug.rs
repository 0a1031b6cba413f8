//! Names in file names.

/// Returns a name as part of a file name: "digits/softmax" becomes "digits-softmax".
pub fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}
