#![doc = include_str!("../README.md")]
#![expect(unsafe_code, reason = "this crate is the C interface; everything else forbids it")]
#![expect(non_camel_case_types, reason = "the names are those of the C header")]

mod arguments;
mod context;
mod error;
mod guard;
mod ids;
mod message;
mod signature;
mod status;
mod text;
mod version;

pub use context::*;
pub use error::*;
pub use ids::*;
pub use message::*;
pub use signature::*;
pub use status::*;
pub use text::*;
pub use version::*;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_may_be_read_from_several_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<eps_buffer>();
        shared::<eps_context>();
        shared::<eps_error>();
        shared::<eps_problem>();
        shared::<eps_verifier>();
    }
}
