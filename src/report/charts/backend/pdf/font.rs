//! The fonts of a PDF: the widths of letters, and the embedded subset of the used ones.

use crate::hash::{FNV_START, fnv1a_from};
use crate::report::charts::png::deflate;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Ref, Str};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

static REGULAR: &[u8] = include_bytes!("fonts/DejaVuSans.ttf");
static BOLD: &[u8] = include_bytes!("fonts/DejaVuSans-Bold.ttf");

/// The numbering of glyphs, which is our own.
const ORDERING: SystemInfo =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// The number of a PDF's glyph units in the size of the letters.
const PDF_UNITS: f64 = 1000.0;

/// A font and the glyphs of it that were used.
pub(super) struct Font {
    /// The name in the page's resources.
    name: &'static str,
    postscript: &'static str,
    bytes: &'static [u8],
    face: Face<'static>,
    numbers: GlyphRemapper,
    /// The old number and the character of each glyph, by its new number.
    used: BTreeMap<u16, (GlyphId, char)>,
}

impl Font {
    pub fn regular() -> Self {
        Font::new("F0", "DejaVuSans", REGULAR)
    }

    pub fn bold() -> Self {
        Font::new("F1", "DejaVuSans-Bold", BOLD)
    }

    fn new(name: &'static str, postscript: &'static str, bytes: &'static [u8]) -> Self {
        let face = Face::parse(bytes, 0).expect("the fonts in the binary are whole");
        Font { name, postscript, bytes, face, numbers: GlyphRemapper::new(), used: BTreeMap::new() }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn is_used(&self) -> bool {
        !self.used.is_empty()
    }

    /// Returns the codes of a text's glyphs, two bytes each, and its width relative to the size of the
    /// letters. A character that is not in the font becomes an empty box.
    pub fn set(&mut self, text: &str) -> (Vec<u8>, f64) {
        let (mut codes, mut width) = (Vec::with_capacity(2 * text.len()), 0.0);
        for character in text.chars() {
            let glyph = self.face.glyph_index(character).unwrap_or_default();
            let number = self.numbers.remap(glyph.0);
            self.used.entry(number).or_insert((glyph, character));
            codes.extend(number.to_be_bytes());
            width += self.advance(glyph);
        }
        (codes, width)
    }

    /// Returns the advance of a glyph relative to the size of the letters.
    fn advance(&self, glyph: GlyphId) -> f64 {
        f64::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) / f64::from(self.face.units_per_em())
    }

    /// Embeds the used part of the font into a file.
    pub fn embed(&self, file: &mut Pdf, next: &mut Ref) -> Ref {
        let [whole, glyphs, descriptor, characters, bytes] = [(); 5].map(|()| next.bump());
        let name = format!("{}+{}", self.tag(), self.postscript);
        let name = Name(name.as_bytes());
        let mut font = file.type0_font(whole);
        font.base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(glyphs)
            .to_unicode(characters);
        font.finish();
        let mut font = file.cid_font(glyphs);
        font.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(ORDERING)
            .font_descriptor(descriptor)
            .default_width(0.0);
        font.cid_to_gid_map_predefined(Name(b"Identity"));
        let width = |glyph: GlyphId| (PDF_UNITS * self.advance(glyph)).round() as f32;
        let mut widths = font.widths();
        for (&number, &(glyph, _)) in &self.used {
            widths.same(number, number, width(glyph));
        }
        widths.finish();
        font.finish();
        self.describe(file, descriptor, name, bytes);
        let mut map = UnicodeCmap::new(Name(b"Gradus"), ORDERING);
        self.used
            .iter()
            .filter(|(_, (glyph, _))| glyph.0 != 0)
            .for_each(|(&number, &(_, character))| map.pair(number, character));
        let map = deflate(&map.finish());
        file.cmap(characters, &map).filter(Filter::FlateDecode);
        let program =
            subsetter::subset(self.bytes, 0, &self.numbers).expect("the fonts in the binary are whole");
        file.stream(bytes, &deflate(&program))
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), program.len() as i32);
        whole
    }

    fn describe(&self, file: &mut Pdf, place: Ref, name: Name, bytes: Ref) {
        let scaled =
            |units: i16| (PDF_UNITS * f64::from(units) / f64::from(self.face.units_per_em())).round() as f32;
        let bounds = self.face.global_bounding_box();
        let bounds = pdf_writer::Rect::new(
            scaled(bounds.x_min),
            scaled(bounds.y_min),
            scaled(bounds.x_max),
            scaled(bounds.y_max),
        );
        let mut descriptor = file.font_descriptor(place);
        descriptor
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(bounds)
            .italic_angle(0.0)
            .stem_v(80.0)
            .font_file2(bytes);
        descriptor.ascent(scaled(self.face.ascender())).descent(scaled(self.face.descender()));
        descriptor.cap_height(scaled(self.face.capital_height().unwrap_or(self.face.ascender())));
    }

    /// Returns six letters that depend on the glyphs of the subset. They keep a program that joins documents
    /// from mistaking one subset of the font for another.
    fn tag(&self) -> String {
        let glyphs = self.used.values().map(|(glyph, _)| glyph.0.to_le_bytes());
        let hash = glyphs.fold(FNV_START, |hash, glyph| fnv1a_from(hash, &glyph));
        (0..6).map(|place| char::from(b'A' + (hash >> (8 * place + 8)) as u8 % 26)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::style::text_width;

    #[test]
    fn every_character_of_the_charts_is_in_both_fonts() {
        let said = "Aa0 −⁻²·⁰¹↓³⁴₁λ√ρ₂₀⁶κ⁵‖…½↑≤×εβτ⁹∇–≥⁸ᵀδ∞⁷γαé±←ᵢᵗ∛Σµ✓ŝμ✗ᵏχπ¼°→⅔ₙ₊Φⱼ◐▼▲≠≈∫ₖ₃ⁿ⁺ⁱΛüèá¾";
        for font in [Font::regular(), Font::bold()] {
            let missing: String = said.chars().filter(|c| font.face.glyph_index(*c).is_none()).collect();
            assert_eq!(missing, "", "{}", font.postscript);
        }
    }

    #[test]
    fn a_text_is_as_wide_as_its_letters_and_about_what_the_layout_takes_it_for() {
        let mut font = Font::regular();
        let (codes, m) = font.set("mm");
        assert!(
            codes[..2] == codes[2..] && (m - 2.0 * font.set("m").1).abs() < 1e-12,
            "the same letter, the same glyph"
        );
        for text in
            ["momentum, lr = 10⁻²", "relative gap (f − f*) / (f(x₀) − f*)", "quadratic:1000000", "L-BFGS"]
        {
            let (codes, width) = font.set(text);
            assert_eq!(codes.len(), 2 * text.chars().count());
            // The layout leaves more than a tenth of a text's width between texts.
            assert!(width <= 1.1 * text_width(text, 1.0), "{text} is {width} wide");
        }
        assert_eq!(font.set("").1, 0.0);
    }

    #[test]
    fn a_character_of_another_script_is_a_box() {
        let mut font = Font::regular();
        let (codes, width) = font.set("漢");
        assert!(codes == [0, 0] && width > 0.0);
    }
}
