//! The declarative layer: each element of a message is described once, and reading and writing follow from it.
//!
//! ```text
//!  Content<T>   what an element holds: a data type, an id, a structure with its attributes
//!  Part<T>      where it stands in its parent, and how often: once, at most once, any number of times
//!  shape!       a structure: its parts in wire order, some for a field of the model, some fixed
//! ```
//!
//! Everything here is generic and known at compile time; a description costs nothing when it is used.

use super::data::{Data, data};
use super::input::In;
use super::out::{Attributes, Observation, Out};
use crate::problem::{Problem, Rule};
use crate::xml::Element;

/// What stands in an element, whatever the element's name.
pub(super) trait Content<T> {
    /// Writes the element.
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T);

    /// Reads the element; `None` after what is wrong was noted.
    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T>;

    /// Whether an element that may be absent is there: null and empty elements are as good as none.
    fn is_there(&self, element: Element<'_, '_>) -> bool {
        let empty = || element.attributes().len() == 0 && element.nodes().next().is_none();
        element.attribute("nullFlavor").is_none() && !empty()
    }
}

/// What stands in a parent, among other parts.
pub(super) trait Part<T> {
    /// Writes the part.
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n T);

    /// Reads the part from its parent; `None` after what is wrong was noted.
    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<T>;

    /// Whether the part says something, where it may be absent.
    fn is_there(&self, _: Element<'_, '_>) -> bool {
        true
    }
}

/// An element that says the same in every message. It is written, and nobody looks at it.
pub(super) trait Fixed {
    /// Writes the element.
    fn write(&self, out: &mut Out<'_>);
}

impl<F: Fn(&mut Out<'_>)> Fixed for F {
    fn write(&self, out: &mut Out<'_>) {
        self(out);
    }
}

/// The element of this name with this content, exactly once.
#[derive(Clone, Copy)]
pub(super) struct At<C> {
    name: &'static str,
    content: C,
}

/// The element of this name with this content, exactly once.
pub(super) const fn at<C>(name: &'static str, content: C) -> At<C> {
    At { name, content }
}

impl<C> At<C> {
    /// Reads the element itself, where it is not looked for in a parent.
    pub(super) fn read_itself<T>(&self, input: &mut In, element: Element<'_, '_>) -> Option<T>
    where
        C: Content<T>,
    {
        if super::is(element, self.name) {
            return self.content.read(input, element);
        }
        let found = Problem::new(&super::rules::MISSING_ELEMENT, element.place()).found(element.name());
        input.report(found.expected(self.name));
        None
    }
}

impl<T, C: Content<T>> Part<T> for At<C> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n T) {
        self.content.write(out, self.name, value);
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<T> {
        let element = input.one(parent, self.name)?;
        self.content.read(input, element)
    }

    /// One that is missing altogether is there to be missed.
    fn is_there(&self, parent: Element<'_, '_>) -> bool {
        In::all(parent, self.name).next().is_none_or(|element| self.content.is_there(element))
    }
}

/// The same element at most once.
#[derive(Clone, Copy)]
pub(super) struct Optional<C>(At<C>);

/// The same element at most once.
pub(super) const fn optional<C>(part: At<C>) -> Optional<C> {
    Optional(part)
}

impl<T, C: Content<T>> Part<Option<T>> for Optional<C> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Option<T>) {
        if let Some(value) = value {
            self.0.write(out, value);
        }
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Option<T>> {
        match input.optional(parent, self.0.name).filter(|element| self.0.content.is_there(*element)) {
            Some(element) => self.0.content.read(input, element).map(Some),
            None => Some(None),
        }
    }
}

/// The first such element, if there is one: more than one is no reason to refuse a message.
#[derive(Clone, Copy)]
pub(super) struct First<C>(At<C>);

/// The first such element, if there is one: more than one is no reason to refuse a message.
pub(super) const fn first<C>(part: At<C>) -> First<C> {
    First(part)
}

impl<T, C: Content<T>> Part<Option<T>> for First<C> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Option<T>) {
        if let Some(value) = value {
            self.0.write(out, value);
        }
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Option<T>> {
        match In::all(parent, self.0.name).find(|element| self.0.content.is_there(*element)) {
            Some(element) => self.0.content.read(input, element).map(Some),
            None => Some(None),
        }
    }
}

/// The elements behind the first.
#[derive(Clone, Copy)]
pub(super) struct Further<C>(At<C>);

/// The elements behind the one that [`first`] reads.
pub(super) const fn further<C>(part: At<C>) -> Further<C> {
    Further(part)
}

impl<T, C: Content<T>> Part<Vec<T>> for Further<C> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Vec<T>) {
        value.iter().for_each(|value| self.0.write(out, value));
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Vec<T>> {
        let content = &self.0.content;
        let elements = In::all(parent, self.0.name).filter(|element| content.is_there(*element)).skip(1);
        input.every(elements, |input, element| content.read(input, element))
    }
}

/// The same element any number of times.
#[derive(Clone, Copy)]
pub(super) struct Many<C>(At<C>);

/// The same element any number of times.
pub(super) const fn many<C>(part: At<C>) -> Many<C> {
    Many(part)
}

impl<T, C: Content<T>> Part<Vec<T>> for Many<C> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Vec<T>) {
        value.iter().for_each(|value| self.0.write(out, value));
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Vec<T>> {
        let content = &self.0.content;
        let elements = In::all(parent, self.0.name).filter(|element| content.is_there(*element));
        input.every(elements, |input, element| content.read(input, element))
    }
}

/// The same element at least once; none breaks the rule.
#[derive(Clone, Copy)]
pub(super) struct AtLeastOne<C> {
    many: Many<C>,
    rule: &'static Rule,
}

/// The same element at least once; none breaks the rule.
pub(super) const fn at_least_one<C>(part: At<C>, rule: &'static Rule) -> AtLeastOne<C> {
    AtLeastOne { many: many(part), rule }
}

impl<T, C: Content<T>> Part<Vec<T>> for AtLeastOne<C> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Vec<T>) {
        self.many.write(out, value);
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Vec<T>> {
        let list: Vec<T> = self.many.read(input, parent)?;
        if list.is_empty() {
            input.report(Problem::new(self.rule, parent.place()).expected(self.many.0.name));
            return None;
        }
        Some(list)
    }
}

/// An element with these attributes that holds a part.
#[derive(Clone, Copy)]
pub(super) struct Within<P> {
    attributes: Attributes<'static>,
    part: P,
}

/// An element with these attributes that holds a part.
pub(super) const fn within<P>(attributes: Attributes<'static>, part: P) -> Within<P> {
    Within { attributes, part }
}

impl<T, P: Part<T>> Content<T> for Within<P> {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T) {
        out.within(name, self.attributes, |out| self.part.write(out, value));
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T> {
        self.part.read(input, element)
    }
}

/// The same content in a box: what hardly any message has.
#[derive(Clone, Copy)]
pub(super) struct Boxed<C>(pub(super) C);

impl<T, C: Content<T>> Content<Box<T>> for Boxed<C> {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n Box<T>) {
        self.0.write(out, name, &**value);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Box<T>> {
        self.0.read(input, element).map(Box::new)
    }

    fn is_there(&self, element: Element<'_, '_>) -> bool {
        self.0.is_there(element)
    }
}

/// A relationship to one observation: `relationship / seperatableInd, observation / code, part`.
#[derive(Clone, Copy)]
pub(super) struct Observed<P> {
    shape: Observation,
    part: P,
}

/// A relationship to one observation that holds a part after its code.
pub(super) const fn observation<P>(shape: Observation, part: P) -> At<Observed<P>> {
    at(shape.relationship, Observed { shape, part })
}

/// A relationship to one observation that has a value.
pub(super) const fn observed<C>(shape: Observation, content: C) -> At<Observed<At<C>>> {
    observation(shape, at("value", content))
}

impl<T, P: Part<T>> Content<T> for Observed<P> {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T) {
        out.observation(name, &self.shape, |out| self.part.write(out, value));
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T> {
        let observation = input.one(element, self.shape.name)?;
        self.part.read(input, observation)
    }

    /// An observation whose value is null or empty observes nothing.
    fn is_there(&self, element: Element<'_, '_>) -> bool {
        let observation = In::all(element, self.shape.name).next();
        element.attribute("nullFlavor").is_none()
            && element.nodes().next().is_some()
            && observation.is_none_or(|observation| self.part.is_there(observation))
    }
}

/// A relationship: `relationship / seperatableInd, templateId, part`.
#[derive(Clone, Copy)]
pub(super) struct Related<P> {
    attributes: Attributes<'static>,
    separable: Option<bool>,
    template: Option<&'static str>,
    part: P,
}

/// A relationship to an act that is named by its id alone.
pub(super) type Reference = Related<At<Within<At<Data>>>>;

/// A relationship with these attributes to a part.
pub(super) const fn related<P>(attributes: Attributes<'static>, part: P) -> Related<P> {
    Related { attributes, separable: None, template: None, part }
}

/// A relationship to an act of this name that is named by its id alone.
pub(super) const fn reference(
    attributes: Attributes<'static>,
    act: &'static str,
    act_attributes: Attributes<'static>,
) -> Reference {
    related(attributes, at(act, within(act_attributes, data("id"))))
}

impl<P: Copy> Related<P> {
    /// The same, with `seperatableInd`.
    pub(super) const fn separable(mut self, separable: bool) -> Self {
        self.separable = Some(separable);
        self
    }

    /// The same, with a template.
    pub(super) const fn template(mut self, template: &'static str) -> Self {
        self.template = Some(template);
        self
    }
}

impl<T, P: Part<T>> Content<T> for Related<P> {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T) {
        out.within(name, self.attributes, |out| {
            if let Some(separable) = self.separable {
                out.separable(separable);
            }
            if let Some(template) = self.template {
                out.template(template);
            }
            self.part.write(out, value);
        });
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T> {
        self.part.read(input, element)
    }
}

/// A part that no signature covers: a digest input leaves it out.
#[derive(Clone, Copy)]
pub(super) struct Unsigned<P>(pub(super) P);

impl<T, P: Part<T>> Part<T> for Unsigned<P> {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n T) {
        if !out.is_digest() {
            self.0.write(out, value);
        }
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<T> {
        self.0.read(input, parent)
    }
}

/// Declares a structure: its parts in wire order.
///
/// ```text
/// shape! {
///     /// What it is.
///     Name: model::Struct {
///         field: part,                     // an element that a field of the model holds
///         _: fixed,                        // an element that says the same in every message
///         = function,                      // what is written here of fields that are read elsewhere
///         in "name" (ATTRIBUTES) { .. }    // an element around further parts of the same structure
///     }
/// }
/// ```
///
/// The reader looks for every part before it gives up, so that all problems are told at once. A field that no part
/// names does not compile.
macro_rules! shape {
    (@write $out:ident $value:ident;) => {};
    (@write $out:ident $value:ident; _: $fixed:expr, $($rest:tt)*) => {
        $crate::hl7v3::parts::Fixed::write(&$fixed, $out);
        shape!(@write $out $value; $($rest)*);
    };
    (@write $out:ident $value:ident; = $derived:expr, $($rest:tt)*) => {
        ($derived)($out, $value);
        shape!(@write $out $value; $($rest)*);
    };
    (@write $out:ident $value:ident; $field:ident: $part:expr, $($rest:tt)*) => {
        $crate::hl7v3::parts::Part::write(&$part, $out, &$value.$field);
        shape!(@write $out $value; $($rest)*);
    };
    (@write $out:ident $value:ident; in $name:literal ($attributes:expr) { $($inner:tt)* } $($rest:tt)*) => {
        $out.within($name, $attributes, |$out| { shape!(@write $out $value; $($inner)*); });
        shape!(@write $out $value; $($rest)*);
    };

    (@read $input:ident $parent:ident [$($model:tt)*] [$($read:ident)*];) => {
        Some($($model)* { $($read: $read?,)* })
    };
    (@read $input:ident $parent:ident $model:tt $read:tt; _: $fixed:expr, $($rest:tt)*) => {
        shape!(@read $input $parent $model $read; $($rest)*)
    };
    (@read $input:ident $parent:ident $model:tt $read:tt; = $derived:expr, $($rest:tt)*) => {
        shape!(@read $input $parent $model $read; $($rest)*)
    };
    (@read $input:ident $parent:ident $model:tt [$($read:ident)*]; $field:ident: $part:expr, $($rest:tt)*) => {{
        let $field = $parent.and_then(|parent| $crate::hl7v3::parts::Part::read(&$part, $input, parent));
        shape!(@read $input $parent $model [$($read)* $field]; $($rest)*)
    }};
    (@read $input:ident $parent:ident $model:tt $read:tt;
        in $name:literal ($attributes:expr) { $($inner:tt)* } $($rest:tt)*) => {{
        let inner = $parent.and_then(|parent| $input.one(parent, $name));
        shape!(@read $input inner $model $read; $($inner)* @back $parent; $($rest)*)
    }};
    (@read $input:ident $parent:ident $model:tt $read:tt; @back $outer:ident; $($rest:tt)*) => {
        shape!(@read $input $outer $model $read; $($rest)*)
    };

    ($(#[$doc:meta])* $visible:vis $name:ident: $($model:ident)::+ { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        $visible struct $name;

        impl $crate::hl7v3::parts::Part<$($model)::+> for $name {
            fn write<'n>(&self, out: &mut $crate::hl7v3::out::Out<'n>, value: &'n $($model)::+) {
                shape!(@write out value; $($body)*);
            }

            fn read(
                &self,
                input: &mut $crate::hl7v3::input::In,
                parent: $crate::xml::Element<'_, '_>,
            ) -> Option<$($model)::+> {
                let parent = Some(parent);
                shape!(@read input parent [$($model)::+] []; $($body)*)
            }
        }
    };
}

pub(super) use shape;
