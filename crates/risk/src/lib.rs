//! What a book of accounts implies: the prices at which they fail, and how losses would fall.
