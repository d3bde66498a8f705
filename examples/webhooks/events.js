// What happens on events, for all three servers.
import { files } from 'wix-media.v2';

files.onFileDescriptorFileReady(({ data }) => console.log(`ready: ${data.file?.displayName}`));
files.onFileDescriptorFileFailed(({ data }) => console.log(`failed: ${data.error?.description}`));
