//! Which of a provider's models is meant, and which meet a minimum.

use crate::document::Capability;

use super::{Model, ModelId, NameId, ProviderId, Routing, Why};

/// Parameters of a model, in billions.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Size(pub f64);

impl Size {
    /// Reads `8B`, `7.6b`, `1T`, `350M`, or a bare number of billions.
    #[must_use]
    pub fn parse(text: &str) -> Option<Size> {
        let text = text.trim();
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: f64 = digits.trim().parse().ok()?;
        let billions = match text.get(digits.len()..)?.to_ascii_lowercase().as_str() {
            "" | "b" => number,
            "m" => number / 1000.0,
            "t" => number * 1000.0,
            _ => return None,
        };
        (billions.is_finite() && billions > 0.0).then_some(Size(billions))
    }
}

/// True when the model is known to meet a capability's minimums. What is not known of a model
/// does not meet one.
#[must_use]
pub fn minimums(capability: &Capability<'_>, model: &Model<'_>) -> bool {
    let context = model.details.and_then(|details| details.context_length.value().copied());
    let size =
        model.details.and_then(|details| details.size.value()).and_then(|size| Size::parse(size.0));
    let least_context = capability.min_context.value().copied();
    let least_size = capability.min_model_size.value().and_then(|size| Size::parse(size.0));
    least_context.is_none_or(|least| context.is_some_and(|context| context >= least))
        && least_size.is_none_or(|least| size.is_some_and(|size| size >= least))
}

impl Routing<'_> {
    /// A provider's model of this name.
    #[must_use]
    pub fn model_at(&self, provider: ProviderId, name: &str) -> Option<ModelId> {
        self.model_with_id(provider, self.names.find(name)?)
    }

    /// A provider's model of the name with this number.
    #[must_use]
    pub fn model_with_id(&self, provider: ProviderId, name: NameId) -> Option<ModelId> {
        let first = self.meaning(name).model?;
        if self.model(first).is_some_and(|model| model.provider == provider) {
            return Some(first);
        }
        self.other_models.get(&(provider, name)).copied()
    }

    /// The model meant when only the provider is named, for the public name `name`: the model of
    /// the same name, else the default model, else the only one.
    ///
    /// # Errors
    /// When none of these decides.
    pub fn model_meant(&self, provider: ProviderId, name: &str) -> Result<ModelId, Why> {
        if let Some(model) = self.model_at(provider, name) {
            return Ok(model);
        }
        let Some(row) = self.provider(provider) else { return Err(Why::LeftOut) };
        if let Some(default) = row.written.default_model.value() {
            // A default model that is not declared is a finding of its own.
            return self.model_at(provider, default).ok_or(Why::LeftOut);
        }
        match self.models_of(row) {
            [_] => Ok(ModelId(row.models.start)),
            // A list that could not be read is a finding of its own.
            _ if row.written.models.is_broken() => Err(Why::LeftOut),
            _ => Err(Why::Undecided(provider)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_billions() {
        assert_eq!(Size::parse("7.6B"), Some(Size(7.6)));
        assert_eq!(Size::parse("1T"), Some(Size(1000.0)));
        assert_eq!(Size::parse("350M"), Some(Size(0.35)));
        assert_eq!(Size::parse("big"), None);
        assert_eq!(Size::parse("-1B"), None);
    }
}
