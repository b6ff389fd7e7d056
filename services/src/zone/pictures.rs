//! Pictures of members: checked by content, drawn anew, served inside the area only.
