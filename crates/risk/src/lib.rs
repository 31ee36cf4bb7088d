//! What a book of accounts implies: the prices at which they fail, and how losses would fall.

mod books;

pub use books::{check_books, Books, Check};
