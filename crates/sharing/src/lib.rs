//! Rules by which a loss can be shared, in whole atoms, and how heavy each one falls.
