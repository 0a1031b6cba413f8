//! The manifest as JSON and back.

use super::{Caption, Entry, Machine, Manifest, Provenance};
use serde_json::{Map, Value, json};

/// The manifest as JSON text.
pub(super) fn write(manifest: &Manifest) -> String {
    let studies: Map<String, Value> =
        manifest.studies.iter().map(|(name, entry)| (name.clone(), of_entry(entry))).collect();
    let files: Map<String, Value> =
        manifest.files.iter().map(|(name, hash)| (name.clone(), json!(hash))).collect();
    let value = json!({
        "gradus": env!("CARGO_PKG_VERSION"),
        "studies": studies,
        "wall_clock": manifest.wall_clock.as_ref().map(of_provenance),
        "peers": manifest.peers.as_ref().map(of_provenance),
        "files": files,
    });
    format!("{value:#}\n")
}

fn of_entry(entry: &Entry) -> Value {
    let captions = |list: &[Caption]| -> Value {
        list.iter().map(|c| json!({"name": c.name, "title": c.title, "caption": c.caption})).collect()
    };
    json!({
        "notebook": entry.notebook, "title": entry.title, "question": entry.question,
        "tables": captions(&entry.tables), "figures": captions(&entry.figures), "provenance": of_provenance(&entry.provenance),
    })
}

fn of_provenance(p: &Provenance) -> Value {
    let m = &p.machine;
    json!({
        "seed": p.seed, "key": p.key, "finished": p.finished, "seconds": p.seconds, "commit": p.commit,
        "dirty": p.dirty(),
        "machine": {
            "cpu": m.cpu, "cores": m.cores, "memory_gib": m.memory_gib, "governor": m.governor, "load": m.load, "os": m.os, "rustc": m.rustc,
            "blas": m.blas, "blas_threads": m.blas_threads, "lock": m.lock,
        },
    })
}

/// A line and what is wrong there.
type Wrong = (usize, String);

/// The manifest that a JSON text holds.
pub(super) fn read(text: &str) -> Result<Manifest, Wrong> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| (error.line().max(1), error.to_string()))?;
    manifest(&value).map_err(|missing| (1, format!("'{missing}' is missing or of the wrong type")))
}

fn manifest(value: &Value) -> Result<Manifest, String> {
    let studies = value["studies"].as_object().ok_or("studies")?;
    let files = value["files"].as_object().ok_or("files")?;
    Ok(Manifest {
        studies: studies
            .iter()
            .map(|(name, v)| Ok((name.clone(), entry(v).map_err(|e| format!("studies.{name}.{e}"))?)))
            .collect::<Result<_, String>>()?,
        wall_clock: benchmark(value, "wall_clock")?,
        peers: benchmark(value, "peers")?,
        files: files
            .keys()
            .map(|name| Ok((name.clone(), text(&value["files"], name).map_err(|e| format!("files.{e}"))?)))
            .collect::<Result<_, String>>()?,
    })
}

/// Where times come from, if they were taken.
fn benchmark(value: &Value, name: &str) -> Result<Option<Provenance>, String> {
    match &value[name] {
        Value::Null => Ok(None),
        given => provenance(given).map(Some).map_err(|e| format!("{name}.{e}")),
    }
}

fn entry(v: &Value) -> Result<Entry, String> {
    let captions = |name: &str| -> Result<Vec<Caption>, String> {
        let list = v[name].as_array().ok_or(name)?;
        list.iter()
            .map(|c| {
                Ok(Caption { name: text(c, "name")?, title: text(c, "title")?, caption: text(c, "caption")? })
            })
            .collect()
    };
    Ok(Entry {
        notebook: text(v, "notebook")?,
        title: text(v, "title")?,
        question: text(v, "question")?,
        tables: captions("tables")?,
        figures: captions("figures")?,
        provenance: provenance(&v["provenance"])?,
    })
}

fn provenance(v: &Value) -> Result<Provenance, String> {
    let m = &v["machine"];
    Ok(Provenance {
        seed: v["seed"].as_u64().ok_or("seed")?,
        key: text(v, "key")?,
        finished: text(v, "finished")?,
        seconds: v["seconds"].as_f64().ok_or("seconds")?,
        commit: text(v, "commit")?,
        machine: Machine {
            cpu: text(m, "cpu")?,
            cores: m["cores"].as_u64().ok_or("cores")? as usize,
            memory_gib: m["memory_gib"].as_f64().ok_or("memory_gib")?,
            // Older manifests do not have the next two, nor the number of BLAS threads.
            governor: m["governor"].as_str().unwrap_or("unknown").into(),
            load: m["load"].as_f64(),
            os: text(m, "os")?,
            rustc: text(m, "rustc")?,
            blas: text(m, "blas")?,
            blas_threads: m["blas_threads"].as_u64().map(|count| count as usize),
            lock: text(m, "lock")?,
        },
    })
}

fn text(v: &Value, name: &str) -> Result<String, String> {
    v[name].as_str().map(String::from).ok_or_else(|| name.into())
}
