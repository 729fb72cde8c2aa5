//! The only maker of findings, bound to one rule.

use std::borrow::Cow;

use crate::source::Span;

use super::{Diagnostic, Edit, Fix, Label, Rule, Severity};

/// Collects the findings of one rule. A check cannot report under another rule's name.
#[derive(Debug)]
pub struct Reporter<'r> {
    rule: &'static Rule,
    severity: Severity,
    findings: &'r mut Vec<Diagnostic>,
}

impl<'r> Reporter<'r> {
    pub(super) fn new(
        rule: &'static Rule,
        severity: Severity,
        findings: &'r mut Vec<Diagnostic>,
    ) -> Self {
        Reporter { rule, severity, findings }
    }

    /// Reports a finding: `message` says what is wrong and why it matters, `label` what is to be
    /// seen at the place to fix.
    pub fn report(
        &mut self,
        message: impl Into<String>,
        span: Span,
        label: impl Into<Cow<'static, str>>,
    ) -> Finding<'_> {
        let mut message = message.into();
        message.shrink_to_fit();
        self.findings.push(Diagnostic {
            rule: self.rule,
            severity: self.severity,
            message,
            primary: Label { span, text: label.into() },
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            environments: Vec::new(),
        });
        Finding { diagnostic: self.findings.last_mut() }
    }
}

/// A finding that was just made, to be completed.
#[derive(Debug)]
pub struct Finding<'f> {
    diagnostic: Option<&'f mut Diagnostic>,
}

impl Finding<'_> {
    fn with(mut self, change: impl FnOnce(&mut Diagnostic)) -> Self {
        if let Some(diagnostic) = &mut self.diagnostic {
            change(diagnostic);
        }
        self
    }

    /// Another place, in this file or in another one.
    #[allow(clippy::return_self_not_must_use, reason = "the finding is complete without it")]
    pub fn also(self, span: Span, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(|diagnostic| {
            // Most findings have one: a vector left alone makes room for four.
            diagnostic.labels.reserve_exact(1);
            diagnostic.labels.push(Label { span, text: text.into() });
        })
    }

    /// What to do.
    #[allow(clippy::return_self_not_must_use, reason = "the finding is complete without it")]
    pub fn help(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(|diagnostic| diagnostic.help = Some(text.into()))
    }

    /// A fix by one edit whose meaning is certain.
    #[allow(clippy::return_self_not_must_use, reason = "the finding is complete without it")]
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.push_fix(true, title.into(), span, text.into())
    }

    /// A fix by one edit that is likely, not certain.
    #[allow(clippy::return_self_not_must_use, reason = "the finding is complete without it")]
    pub fn unsafe_fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.push_fix(false, title.into(), span, text.into())
    }

    fn push_fix(self, safe: bool, title: String, span: Span, text: String) -> Self {
        let fix = Fix { title, safe, edits: vec![Edit { span, text }] };
        self.with(|diagnostic| diagnostic.fixes.push(fix))
    }
}
