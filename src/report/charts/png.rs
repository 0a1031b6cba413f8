//! Small images as PNG, and bytes as base64.
//!
//! This is our own code because flate2, which is there anyway, does all the work but three chunks and a
//! filter; the crate `png` would bring a second miniz_oxide, and other features of a crate on which polars is
//! built.

use super::style::Rgb;
use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::Write;
use std::iter;

/// An image: its pixels row by row, from the top.
pub(super) struct Image {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<Rgb>,
}

impl Image {
    /// Returns the bytes of a PNG file with eight bits per channel, red, green and blue, not interlaced.
    pub fn encode(&self) -> Vec<u8> {
        let mut header = Vec::with_capacity(13);
        header.extend((self.width as u32).to_be_bytes());
        header.extend((self.height as u32).to_be_bytes());
        header.extend([8, 2, 0, 0, 0]);
        let rows = self.rows();
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut file, b"IHDR", &header);
        chunk(&mut file, b"IDAT", &deflate(&rows));
        chunk(&mut file, b"IEND", &[]);
        file
    }

    /// Repeats each pixel so that the image is at least `SHARP` wide or high. Programs do not blur an image
    /// of that size.
    pub fn enlarged(&self) -> Image {
        const SHARP: usize = 224;
        let times = SHARP.div_ceil(self.width.max(self.height).max(1)).clamp(1, 64);
        let wide =
            |row: &[Rgb]| row.iter().flat_map(|&pixel| iter::repeat_n(pixel, times)).collect::<Vec<Rgb>>();
        let rows = self.pixels.chunks(self.width.max(1)).map(wide);
        let pixels = rows.flat_map(|row| iter::repeat_n(row, times)).flatten().collect();
        Image { width: self.width * times, height: self.height * times, pixels }
    }

    /// Filters the rows as PNG defines it: a row that equals the one above becomes zeros, and any other the
    /// differences from the pixel on the left. So the file of an enlarged image is hardly larger.
    fn rows(&self) -> Vec<u8> {
        const LEFT: u8 = 1;
        const ABOVE: u8 = 2;
        let mut bytes = Vec::with_capacity(self.height * (3 * self.width + 1));
        let mut above: Option<&[Rgb]> = None;
        for row in self.pixels.chunks(self.width.max(1)) {
            if above == Some(row) {
                bytes.push(ABOVE);
                bytes.extend(iter::repeat_n(0, 3 * row.len()));
            } else {
                bytes.push(LEFT);
                let mut left = (0, 0, 0);
                for &(r, g, b) in row {
                    bytes.extend([r.wrapping_sub(left.0), g.wrapping_sub(left.1), b.wrapping_sub(left.2)]);
                    left = (r, g, b);
                }
            }
            above = Some(row);
        }
        bytes
    }
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    file.extend((content.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(content);
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(content);
    file.extend(crc.sum().to_be_bytes());
}

/// Compresses bytes. Writing to memory does not fail; if it did, the image would be empty, and the chart
/// still drawn.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Encodes bytes in base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let number = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place <= group.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn base64_as_in_rfc_4648() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xff, 0xfe]), "//4=");
    }

    #[test]
    fn the_pixels_are_in_the_file() {
        let image =
            Image { width: 2, height: 2, pixels: vec![(1, 2, 3), (4, 5, 6), (7, 8, 9), (250, 251, 252)] };
        let file = image.encode();
        assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(&file[16..24], [0, 0, 0, 2, 0, 0, 0, 2]);
        let length = u32::from_be_bytes(file[33..37].try_into().unwrap()) as usize;
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&file[41..41 + length]).read_to_end(&mut rows).unwrap();
        assert_eq!(rows, [1, 1, 2, 3, 3, 3, 3, 1, 7, 8, 9, 243, 243, 243]);
        assert_eq!(&file[file.len() - 4..], 0xae42_6082u32.to_be_bytes());
    }

    #[test]
    fn an_enlarged_image_repeats_its_pixels_at_little_cost() {
        let image = Image { width: 2, height: 1, pixels: vec![(1, 2, 3), (4, 5, 6)] };
        let large = image.enlarged();
        assert!(
            large.width >= 112
                && large.height == large.width / 2
                && large.pixels.len() == large.width * large.height
        );
        assert!(
            (0..large.pixels.len())
                .all(|i| large.pixels[i] == image.pixels[usize::from(i % large.width >= large.width / 2)])
        );
        assert!(large.encode().len() < 300);
    }
}
