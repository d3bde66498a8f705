//! Families of codecs, by the marks that containers have for them.

/// The family of a four-character code: a sample entry of MP4, or a compression of AVI and ASF.
pub(super) fn of_code(code: &[u8]) -> Option<&'static str> {
    let code: [u8; 4] = code.try_into().ok()?;
    Some(match &code.map(|letter| letter.to_ascii_lowercase()) {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"h264" | b"x264" | b"davc" => "h264",
        b"hvc1" | b"hev1" | b"hevc" | b"h265" | b"dvh1" | b"dvhe" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"av01" => "av1",
        b"vp08" | b"vp80" => "vp8",
        b"vp09" | b"vp90" => "vp9",
        b"mp4v" | b"xvid" | b"divx" | b"dx50" | b"fmp4" | b"mp4s" | b"m4s2" => "mpeg4",
        b"mp43" | b"div3" | b"div4" | b"mp42" | b"mpg4" => "msmpeg4",
        b"s263" | b"h263" => "h263",
        b"jpeg" | b"mjpa" | b"mjpb" | b"mjpg" => "mjpeg",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"mpg1" => "mpeg1",
        b"mpg2" | b"m2v1" => "mpeg2",
        b"wmv1" | b"wmv2" | b"wmv3" => "wmv",
        b"wvc1" | b"vc-1" => "vc1",
        b"dvsd" | b"dvc " | b"dvcp" | b"dvpp" => "dv",
        b"mp4a" => "aac",
        b".mp3" => "mp3",
        b"ac-3" => "ac3",
        b"ec-3" => "eac3",
        b"alac" => "alac",
        b"opus" => "opus",
        b"flac" => "flac",
        b"samr" | b"sawb" => "amr",
        b"lpcm" | b"sowt" | b"twos" | b"raw " | b"in24" | b"in32" | b"fl32" | b"fl64" | b"ipcm" | b"fpcm" | b"none" => {
            "pcm"
        }
        b"ulaw" | b"alaw" => "g711",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "dts",
        _ => return None,
    })
}

/// The family of a sound by the format tag of WAV, AVI and ASF.
pub(super) fn of_format_tag(tag: u64) -> Option<&'static str> {
    Some(match tag {
        1 | 3 => "pcm",
        2 | 0x11 => "adpcm",
        6 | 7 => "g711",
        0x50 => "mp2",
        0x55 => "mp3",
        0xff | 0x1600 | 0x1610 => "aac",
        0x160..=0x163 => "wma",
        0x2000 => "ac3",
        0x2001 => "dts",
        0x566f | 0x6750 | 0x6751 | 0x676f | 0x6770 | 0x6771 => "vorbis",
        0xf1ac => "flac",
        _ => return None,
    })
}

/// The family by a codec id of Matroska.
pub(super) fn of_matroska(id: &str) -> Option<&'static str> {
    const FAMILIES: [(&str, &str); 29] = [
        ("V_MPEG4/ISO/AVC", "h264"),
        ("V_MPEGH/ISO/HEVC", "hevc"),
        ("V_MPEGI/ISO/VVC", "vvc"),
        ("V_AV1", "av1"),
        ("V_VP8", "vp8"),
        ("V_VP9", "vp9"),
        ("V_MPEG4/MS", "msmpeg4"),
        ("V_MPEG4", "mpeg4"),
        ("V_MPEG2", "mpeg2"),
        ("V_MPEG1", "mpeg1"),
        ("V_THEORA", "theora"),
        ("V_PRORES", "prores"),
        ("V_MJPEG", "mjpeg"),
        ("A_AAC", "aac"),
        ("A_OPUS", "opus"),
        ("A_VORBIS", "vorbis"),
        ("A_FLAC", "flac"),
        ("A_ALAC", "alac"),
        ("A_MPEG/L3", "mp3"),
        ("A_MPEG/L2", "mp2"),
        ("A_MPEG/L1", "mp1"),
        ("A_AC3", "ac3"),
        ("A_EAC3", "eac3"),
        ("A_TRUEHD", "truehd"),
        ("A_DTS", "dts"),
        ("A_PCM", "pcm"),
        ("A_WAVPACK4", "wavpack"),
        ("A_TTA1", "tta"),
        ("A_MLP", "mlp"),
    ];
    let found = FAMILIES.iter().find(|(start, _)| id.starts_with(start))?;
    Some(found.1)
}

/// The family by a stream type of MPEG transport streams.
pub(super) fn of_stream_type(stream_type: u8) -> Option<&'static str> {
    Some(match stream_type {
        0x01 => "mpeg1",
        0x02 => "mpeg2",
        0x10 => "mpeg4",
        0x1b => "h264",
        0x24 => "hevc",
        0x33 => "vvc",
        0xea => "vc1",
        0x03 | 0x04 => "mp2",
        0x0f | 0x11 => "aac",
        0x81 => "ac3",
        0x82 | 0x85 | 0x86 => "dts",
        0x84 | 0x87 => "eac3",
        _ => return None,
    })
}
