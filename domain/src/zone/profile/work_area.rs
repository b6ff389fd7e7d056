/// The areas of work that a profile offers. A profile keeps the words: one that is renamed here stays as it was chosen.
pub const WORK_AREAS: [&str; 20] = [
    "Academic or research",
    "Ambulance service",
    "Cancer care",
    "Care homes",
    "Community nursing",
    "Community pharmacy",
    "Critical care",
    "Emergency care",
    "General practice",
    "Health and justice",
    "Hospital pharmacy",
    "Learning disability",
    "Mental health",
    "Optometry",
    "Paediatrics",
    "Palliative care",
    "Physiotherapy",
    "Podiatry",
    "Sexual health",
    "Urgent care and NHS 111",
];

/// The choice for an area of work that is typed.
pub const OTHER_WORK_AREA: &str = "other";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::profile::Line;

    #[test]
    fn the_list_is_in_order_and_each_may_be_kept() {
        assert!(WORK_AREAS.is_sorted());
        for name in WORK_AREAS {
            assert_ne!(name, OTHER_WORK_AREA);
            assert_eq!(Line::read(name).unwrap().as_ref().map(Line::as_str), Some(name));
        }
    }
}
