// A recording made for tests.

/** The length of a size in ID3v2, seven bits to a byte. @param {number} size */
const synchsafe = (size) => Buffer.from([21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f));

/**
 * Two seconds of silence as MP3, with a title and a picture in its tags.
 *
 * @param {Buffer} picture A JPEG.
 */
export function recording(picture) {
  /** @param {string} name @param {Buffer} content */
  const tag = (name, content) => {
    const head = Buffer.alloc(10);
    head.write(name, 'latin1');
    head.writeUInt32BE(content.length, 4);
    return Buffer.concat([head, content]);
  };
  const tags = Buffer.concat([tag('TIT2', Buffer.from('\0Bells', 'latin1')), tag('APIC', Buffer.concat([Buffer.from('\0image/jpeg\0\x03\0', 'latin1'), picture]))]);
  // MPEG 1, layer 3, 128 kbit/s, 44.1 kHz: 26 ms each.
  const frame = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]);
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), synchsafe(tags.length), tags, ...Array.from({ length: 77 }, () => frame)]);
}
