// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which elements of an HTML mail show nothing to whoever reads it: by their attributes, their style, and the
//! mail's own style sheet. What stands in them must not be a vote that nobody saw.

/// What hides an element, or may.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Classes and ids (`.x`, `#x`) that the mail's style sheet hides.
    hidden: Vec<String>,
    /// Those that it gives the paper's colour.
    faint: Vec<String>,
    /// Those that it strikes out.
    struck: Vec<String>,
}

/// The attributes that decide whether an element is seen, in lower case.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub style: String,
    /// `color` of a font, `bgcolor` of a table.
    pub color: String,
    pub background: String,
    pub classes: String,
    pub id: String,
    /// Whether it has the attribute `hidden`.
    pub hidden: bool,
}

impl Sheet {
    /// Takes in a style sheet's rules; what stands in a condition (`@media`) is not looked at.
    pub(super) fn add(&mut self, css: &str) {
        let lower = css.to_ascii_lowercase();
        let mut depth = 0_usize;
        let mut from = 0;
        let mut selectors = "";
        for (at, brace) in lower.match_indices(['{', '}']).take(4_000) {
            if brace == "{" {
                selectors = lower[from..at].trim();
                depth += 1;
            } else {
                let conditional = depth != 1 || selectors.starts_with('@');
                if !conditional {
                    self.rule(selectors, &lower[from..at]);
                }
                depth = depth.saturating_sub(1);
                selectors = "";
            }
            from = at + 1;
        }
    }

    fn rule(&mut self, selectors: &str, declarations: &str) {
        let names = || selectors.split(',').filter_map(last_name);
        if hides(declarations) {
            self.hidden.extend(names());
        }
        let grounded = ["background", "background-color"].iter().any(|name| property(declarations, name).is_some());
        if property(declarations, "color").is_some_and(is_paper) && !grounded {
            self.faint.extend(names());
        }
        if strikes_out(declarations) {
            self.struck.extend(names());
        }
    }

    /// Whether what the element holds is struck out.
    pub(super) fn strikes_out(&self, look: &Look) -> bool {
        strikes_out(&look.style) || names(&self.struck, look)
    }

    /// Whether nobody sees what the element holds, on a ground of the paper's colour or not.
    pub(super) fn hides(&self, look: &Look, on_ground: bool) -> bool {
        if look.hidden || hides(&look.style) {
            return true;
        }
        let ground = on_ground || grounds(look);
        let faint = property(&look.style, "color").is_some_and(is_paper) || is_paper(&look.color);
        (faint || names(&self.faint, look)) && !ground || names(&self.hidden, look)
    }
}

/// Whether one of the names is the element's.
fn names(all: &[String], look: &Look) -> bool {
    let named = |mark: char, name: &str| all.iter().any(|one| one.strip_prefix(mark) == Some(name));
    !all.is_empty() && (look.classes.split_ascii_whitespace().any(|class| named('.', class)) || named('#', &look.id))
}

/// Whether the style strikes out what it is for.
fn strikes_out(style: &str) -> bool {
    ["text-decoration", "text-decoration-line"]
        .iter()
        .any(|name| property(style, name).is_some_and(|value| value.contains("line-through")))
}

/// Whether the element has a ground of another colour than the paper's.
pub(super) fn grounds(look: &Look) -> bool {
    let colored = |value: &str| {
        !value.is_empty() && !is_paper(value) && !matches!(value, "none" | "inherit" | "initial" | "transparent")
    };
    colored(&look.background)
        || ["background", "background-color"].iter().any(|name| property(&look.style, name).is_some_and(colored))
}

/// `.x` of `div.x`, `#x`; nothing of a selector that names no class.
fn last_name(selector: &str) -> Option<String> {
    let last = selector.split_ascii_whitespace().last()?;
    let at = last.rfind(['.', '#'])?;
    (!last.contains([':', '>', '['])).then(|| last[at..].to_owned())
}

/// Whether declarations hide what they are for.
fn hides(style: &str) -> bool {
    if style.is_empty() {
        return false;
    }
    let is = |name: &str, values: &[&str]| property(style, name).is_some_and(|value| values.contains(&value));
    let nothing = |name: &str| property(style, name).is_some_and(|value| length(value).is_some_and(|px| px <= 2.0));
    let away = |name: &str| property(style, name).is_some_and(|value| length(value).is_some_and(|px| px < -200.0));
    is("display", &["none"])
        || is("visibility", &["hidden", "collapse"])
        || is("mso-hide", &["all"])
        || property(style, "opacity").is_some_and(|value| value.parse::<f32>().is_ok_and(|part| part < 0.1))
        || nothing("font-size")
        || is("overflow", &["hidden"])
            && ["max-height", "height", "max-width", "width"].iter().any(|name| nothing(name))
        || ["left", "top", "right", "text-indent", "margin-left"].iter().any(|name| away(name))
        || property(style, "clip").is_some_and(|value| value.starts_with("rect(0") || value.starts_with("rect(1px"))
        || property(style, "clip-path").is_some_and(|value| {
            ["inset(100%", "inset(50%", "circle(0", "ellipse(0", "polygon(0 0, 0 0"]
                .iter()
                .any(|cut| value.starts_with(cut))
        })
        || property(style, "transform").is_some_and(is_scaled_away)
}

/// `scale(0)`, `scale(0.01, 1)`.
fn is_scaled_away(value: &str) -> bool {
    ["scale(", "scalex(", "scaley("].iter().any(|name| {
        let behind = value.find(name).map(|at| &value[at + name.len()..]);
        let number = behind.and_then(|behind| behind.split([',', ')', ' ']).next());
        number.and_then(|number| number.parse::<f32>().ok()).is_some_and(|scale| scale.abs() < 0.1)
    })
}

/// The value of a property, without `!important`.
fn property<'s>(style: &'s str, name: &str) -> Option<&'s str> {
    style.split(';').rev().find_map(|declaration| {
        let (found, value) = declaration.split_once(':')?;
        let value = value.split('!').next().unwrap_or_default().trim();
        (found.trim() == name).then_some(value)
    })
}

/// A length in about as many pixels.
fn length(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    let factor = match value[end..].trim() {
        "" | "px" | "pt" => 1.0,
        "em" | "rem" | "%" | "vw" => 14.0,
        _ => return (number == 0.0).then_some(0.0),
    };
    Some(number * factor)
}

/// Whether a colour is that of the paper: white, or none.
fn is_paper(color: &str) -> bool {
    let bare: String = color.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(bare.as_str(), "white" | "#fff" | "#ffffff" | "ffffff" | "transparent" | "rgb(255,255,255)")
        || bare.starts_with("rgba(") && (bare.ends_with(",0)") || bare.starts_with("rgba(255,255,255"))
        || ["#fe", "#fd", "#fc"].iter().any(|near| {
            bare.len() == 7
                && bare.starts_with(near)
                && bare[3..].bytes().all(|b| matches!(b, b'f' | b'e' | b'd' | b'c'))
        })
}
