use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use quick_xml::events::Event;

use crate::Refused;
use crate::package::{Package, refused, refused_xml};
use crate::sheets::SHEETS;
use crate::xml::{attribute, reader};

/// Lists of sheets and of what belongs together are small.
const SMALL: u64 = 8_000_000;

/// In which part each sheet is.
pub(super) fn sheet_paths(package: &mut Package<'_>) -> Result<BTreeMap<String, String>, Refused> {
    let path = match relations(package, "_rels/.rels", "")? {
        relations if relations.is_empty() => "xl/workbook.xml".to_owned(),
        relations => relations
            .into_values()
            .find(|relation| relation.kind.ends_with("/officeDocument"))
            .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.path),
    };
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let relations = relations(package, &join(folder, &format!("_rels/{file}.rels")), folder)?;
    let names = package.names();
    let (mut paths, mut sheets) = (BTreeMap::new(), 0);
    let Some(workbook) = package.text(&path, SMALL)? else { return Ok(paths) };
    let mut xml = reader(workbook.as_bytes());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
            Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                sheets += 1;
                if sheets > SHEETS {
                    return Err(Refused::UnpacksTooLarge);
                }
                let relation = attribute(&element, "id").and_then(|id| relations.get(&id));
                if let (Some(name), Some(relation)) = (attribute(&element, "name"), relation) {
                    // Some writers spell a part's name in other capitals than the relation does.
                    let path = names.iter().find(|name| name.eq_ignore_ascii_case(&relation.path));
                    if let Some(path) = path {
                        paths.insert(name, path.clone());
                    }
                }
            }
            Event::Eof => return Ok(paths),
            _ => {}
        }
    }
}

/// Whether some table of the workbook has a filter on.
pub(super) fn has_filtered_table(package: &mut Package<'_>) -> Result<bool, Refused> {
    for name in package.names().iter().filter(|name| name.contains("/tables/")) {
        let mut text = String::new();
        package.part(name, SMALL)?.read_to_string(&mut text).map_err(|error| refused(&error))?;
        if text.contains("filterColumn") {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Relation {
    kind: String,
    path: String,
}

fn relations(
    package: &mut Package<'_>,
    path: &str,
    folder: &str,
) -> Result<HashMap<String, Relation>, Refused> {
    let mut relations = HashMap::new();
    let Some(text) = package.text(path, SMALL)? else { return Ok(relations) };
    let mut xml = reader(text.as_bytes());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| refused_xml(&error))? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                if let (Some(id), Some(kind), Some(target)) = (
                    element
                        .attributes()
                        .flatten()
                        .find(|a| a.key.as_ref() == "Id")
                        .map(|a| a.value.into_owned()),
                    attribute(&element, "Type"),
                    attribute(&element, "Target"),
                ) {
                    let path = match target.strip_prefix('/') {
                        Some(whole) => whole.to_owned(),
                        None => join(folder, &target),
                    };
                    relations.insert(id, Relation { kind, path });
                }
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A path from a folder, with `../` and `./` followed.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_followed() {
        assert_eq!(join("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join("xl", "../custom/./a.xml"), "custom/a.xml");
        assert_eq!(join("", "_rels/a.rels"), "_rels/a.rels");
    }
}
