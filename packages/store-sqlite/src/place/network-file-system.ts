import { readFile, statfs } from "node:fs/promises";

/** Types that Linux reports for a file system whose files another machine may write: statfs(2), linux/magic.h. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x73757245, "Coda"],
  [0x7461636f, "OCFS2"],
  [0x01161970, "GFS2"],
  [0x013111a8, "IBRIX"],
  [0x19830326, "FhGFS"],
]);

const fuseType = 0x65735546;
const networkFuse =
  /^fuse\.(sshfs|rclone|s3fs|gcsfuse|blobfuse2?|glusterfs|ceph|davfs2?|curlftpfs|smbnetfs|juicefs|seaweedfs|mount-s3)$/;
const ninePType = 0x01021997;

/** What /proc/self/mountinfo says of a mount: the type of its file system, and the options of that. */
export interface Mount {
  readonly type: string;
  readonly options: string;
}

/**
 * The name of a network file system by what Linux reports of it; null for a local one. FUSE is both, and the type of its mount tells.
 * 9p is both, too: sandboxes have it as their own disk, on which locks work, and WSL has Windows' drives behind it, on which they do not.
 */
export const networkFileSystemName = (type: number, mount: Mount | null): string | null => {
  // The number is signed on some platforms.
  const unsigned = type >>> 0;
  const name = networkTypes.get(unsigned);
  if (name !== undefined || mount === null) return name ?? null;
  if (unsigned === fuseType && networkFuse.test(mount.type)) return mount.type;
  return unsigned === ninePType && mount.options.includes("aname=drvfs") ? "9p of a Windows drive" : null;
};

/** The network file system that a directory is on; null for a local one. Linux, and shares that Windows names by `\\`. */
export const networkFileSystemOf = async (directory: string): Promise<string | null> => {
  if (process.platform === "win32") return directory.startsWith("\\\\") ? "SMB" : null;
  // The numbers of other platforms mean other things.
  if (process.platform !== "linux") return null;
  const { type } = await statfs(directory);
  const isBoth = [fuseType, ninePType].includes(type >>> 0);
  return networkFileSystemName(type, isBoth ? await mountOf(directory) : null);
};

const mountOf = async (directory: string): Promise<Mount | null> => {
  // A sandbox may hide it: then these count as local.
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return mountIn(mounts, directory);
};

/** The mount that a directory is on, from the text of /proc/self/mountinfo (proc(5)). */
export const mountIn = (mounts: string, directory: string): Mount | null => {
  let found: (Mount & { readonly point: string }) | null = null;
  for (const line of mounts.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const point = unescape(before.split(" ")[4] ?? "");
    const holds = point !== "" && (directory === point || directory.startsWith(point === "/" ? "/" : `${point}/`));
    // A later mount lies over an earlier one at the same place.
    if (!holds || point.length < (found?.point.length ?? 0)) continue;
    const [type = "", , options = ""] = after.split(" ");
    found = { point, type, options };
  }
  return found;
};

const unescape = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
