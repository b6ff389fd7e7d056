pub mod adjustments;
