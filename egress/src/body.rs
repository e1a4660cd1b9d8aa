use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use zeroize::{Zeroize, Zeroizing};

use crate::error::MaybeSent;

/// Collects a body piece by piece, inflates it on the way and stops at the limit. So a small answer that inflates to
/// a large one costs no more than the limit.
pub(crate) struct Collector {
    sink: Sink,
    /// Bytes as they came; a gzip stream of empty blocks has no end either.
    received: usize,
    limit: usize,
}

enum Sink {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
}

impl Encoding {
    /// Reads the values of all `content-encoding` lines.
    pub(crate) fn of<'a>(values: impl Iterator<Item = &'a str>) -> Result<Self, MaybeSent> {
        let mut encoding = Self::Plain;
        for name in values.flat_map(|value| value.split(',')).map(str::trim) {
            let gzip = name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip");
            match encoding {
                _ if name.is_empty() || name.eq_ignore_ascii_case("identity") => {}
                Self::Plain if gzip => encoding = Self::Gzip,
                _ => return Err(MaybeSent::Encoding),
            }
        }
        Ok(encoding)
    }
}

impl Collector {
    pub(crate) fn new(encoding: Encoding, limit: usize) -> Self {
        let bounded = Bounded { bytes: Zeroizing::default(), limit };
        let sink = match encoding {
            Encoding::Plain => Sink::Plain(bounded),
            Encoding::Gzip => Sink::Gzip(Box::new(MultiGzDecoder::new(bounded))),
        };
        Self { sink, received: 0, limit }
    }

    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), MaybeSent> {
        let too_large = MaybeSent::BodyTooLarge { limit: self.limit };
        self.received += piece.len();
        match &mut self.sink {
            Sink::Plain(bounded) => bounded.write_all(piece).map_err(|_| too_large),
            // What does not compress grows a little.
            Sink::Gzip(_) if self.received > self.limit + self.limit / 64 + 1024 => Err(too_large),
            Sink::Gzip(decoder) => decoder.write_all(piece).map_err(|error| cause(&error, too_large)),
        }
    }

    pub(crate) fn finish(self) -> Result<Zeroizing<Vec<u8>>, MaybeSent> {
        let too_large = MaybeSent::BodyTooLarge { limit: self.limit };
        match self.sink {
            Sink::Plain(bounded) => Ok(bounded.bytes),
            Sink::Gzip(_) if self.received == 0 => Ok(Zeroizing::default()),
            Sink::Gzip(decoder) => {
                decoder.finish().map(|bounded| bounded.bytes).map_err(|error| cause(&error, too_large))
            }
        }
    }
}

fn cause(error: &io::Error, too_large: MaybeSent) -> MaybeSent {
    if error.kind() == io::ErrorKind::StorageFull { too_large } else { MaybeSent::Compression }
}

/// A buffer that never grows beyond its limit, and that overwrites the old memory when it grows.
struct Bounded {
    bytes: Zeroizing<Vec<u8>>,
    limit: usize,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let needed = self.bytes.len() + piece.len();
        if needed > self.limit {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if needed > self.bytes.capacity() {
            let capacity = needed.max(self.bytes.capacity() * 2).max(1024).min(self.limit);
            let mut larger = Vec::with_capacity(capacity);
            larger.extend_from_slice(&self.bytes);
            self.bytes.zeroize();
            *self.bytes = larger;
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn collect(encoding: Encoding, limit: usize, bytes: &[u8], piece: usize) -> Result<Vec<u8>, MaybeSent> {
        let mut collector = Collector::new(encoding, limit);
        bytes.chunks(piece).try_for_each(|piece| collector.push(piece))?;
        collector.finish().map(|body| body.to_vec())
    }

    #[test]
    fn the_limit_is_exact() {
        let body = vec![7; 5000];
        for piece in [1, 100, 5000] {
            for (encoding, bytes) in [(Encoding::Plain, body.clone()), (Encoding::Gzip, gzip(&body))] {
                assert_eq!(collect(encoding, 5000, &bytes, piece), Ok(body.clone()));
                let too_large = Err(MaybeSent::BodyTooLarge { limit: 4999 });
                assert_eq!(collect(encoding, 4999, &bytes, piece), too_large);
            }
        }
        assert_eq!(collect(Encoding::Plain, 0, b"", 1), Ok(vec![]));
        assert_eq!(collect(Encoding::Gzip, 0, b"", 1), Ok(vec![]));
    }

    #[test]
    fn gzip_that_is_none_is_refused() {
        let good = gzip(b"hello");
        let mut changed = good.clone();
        let middle = changed.len() - 6;
        changed[middle] ^= 1;
        let mut trailing = good.clone();
        trailing.extend_from_slice(b"trailing garbage");
        for bad in
            [b"hello".to_vec(), good[..good.len() - 1].to_vec(), good[..12].to_vec(), changed, trailing]
        {
            assert_eq!(collect(Encoding::Gzip, 1000, &bad, 3), Err(MaybeSent::Compression));
        }
        let twice = [good.clone(), good].concat();
        assert_eq!(collect(Encoding::Gzip, 1000, &twice, 3), Ok(b"hellohello".to_vec()));
    }

    #[test]
    fn gzip_without_content_has_an_end_too() {
        let empty = gzip(b"").repeat(1000);
        assert_eq!(collect(Encoding::Gzip, 1000, &empty, 20), Err(MaybeSent::BodyTooLarge { limit: 1000 }));
    }

    #[test]
    fn only_one_gzip_is_read() {
        let of = |values: &[&str]| Encoding::of(values.iter().copied());
        assert_eq!(of(&[]), Ok(Encoding::Plain));
        assert_eq!(of(&["identity"]), Ok(Encoding::Plain));
        assert_eq!(of(&["GZip"]), Ok(Encoding::Gzip));
        assert_eq!(of(&["identity, gzip"]), Ok(Encoding::Gzip));
        for bad in [
            &["br"][..],
            &["deflate"],
            &["zstd"],
            &["gzip, gzip"],
            &["gzip", "gzip"],
            &["gzip", "br"],
            &["x"],
        ] {
            assert_eq!(of(bad), Err(MaybeSent::Encoding), "{bad:?}");
        }
    }
}
