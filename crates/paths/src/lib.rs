//! Models of prices: fitted to a file, judged, and drawn from.
