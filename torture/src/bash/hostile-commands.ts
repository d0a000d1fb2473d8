/** One hostile command, and what is to be true of its result. */
export interface HostileCommand {
  readonly name: string;
  /** `MARK` in it stands for a text that nothing else on the machine carries. */
  readonly command: string;
  readonly timeoutMs: number;
  /** Whether its time limit is what ends it. */
  readonly endsByTimeout: boolean;
  /** What stands in its output, though it is hostile. */
  readonly output: RegExp;
  /** It leaves its group and clears its environment, which nothing of ours can follow. What is left is ended here. */
  readonly escapes?: boolean;
  /** Only with --full: it takes long, or much of the machine. */
  readonly isHeavy?: boolean;
}

const limit = 700;
/** A loop that writes where it can be seen, and never ends by itself. */
const loop = "while :; do echo MARK >> beats; sleep 0.05; done";
const deaf = "trap '' TERM INT HUP QUIT USR1 USR2 PIPE";

/** The commands of the torture, each hostile in its own way. */
export const hostileCommands: readonly HostileCommand[] = [
  {
    name: "a child in the background holds the pipe",
    command: `echo up; (${loop}) & echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /up\ndone\n/,
  },
  {
    name: "children in the background, closed pipes",
    command: `(${loop}) </dev/null >/dev/null 2>&1 & echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /done\n/,
  },
  {
    name: "nohup and disown",
    command: `nohup sh -c '${loop}' >/dev/null 2>&1 & disown; echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /done\n/,
  },
  {
    name: "setsid",
    command: `setsid sh -c '${loop}' & sleep 0.2; echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /done\n/,
  },
  {
    name: "setsid twice, with closed pipes",
    command: `setsid setsid sh -c '${deaf}; ${loop}' >/dev/null 2>&1 & sleep 0.2; echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /done\n/,
  },
  {
    name: "job control gives each a group of its own",
    command: `set -m; sh -c '${loop}' & sh -c '${deaf}; ${loop}' & echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /done\n/,
  },
  {
    name: "ignores TERM",
    command: `${deaf}; echo up; ${loop}`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "ignores TERM, children too",
    command: `${deaf}; echo up; (${deaf}; ${loop}) & (${deaf}; ${loop}) & ${loop}`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "answers TERM with new children",
    command: `trap '(${deaf}; ${loop}) & (${loop}) &' TERM; echo up; ${loop}`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "a chain of forks",
    command: `f() { (sleep 0.02; f) & }; f; echo up; sleep 60`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "a chain of forks that leave the group",
    command: `echo 'sleep 0.1; setsid sh ./chain MARK & exit' > chain; echo up; setsid sh ./chain MARK; sleep 60`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "many children at once",
    command: `for i in $(seq 60); do sh -c '${loop}' & done; echo up; wait`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "1 GB of output",
    command: "echo first; head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo last",
    timeoutMs: 60_000,
    endsByTimeout: false,
    output: /^first\nx[^]*x\nlast\n$/,
    isHeavy: true,
  },
  {
    name: "100 MB of output",
    command: "echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last",
    timeoutMs: 30_000,
    endsByTimeout: false,
    output: /^first\nx[^]*x\nlast\n$/,
  },
  {
    name: "NULs and invalid text",
    command: "printf 'a\\000b\\377\\376c\\n'; head -c 100000 /dev/urandom; echo; echo end",
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /^a\uFFFDb\uFFFD\uFFFDc\n[^]*\nend\n$/,
  },
  {
    name: "output without end",
    command: "echo first; exec yes MARK",
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^first\n/,
  },
  {
    name: "output without end or line ends",
    command: "echo first; exec tr '\\0' x < /dev/zero",
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^first\nxxx/,
  },
  {
    name: "reads its input",
    command: 'cat; read line; echo "got[$line]"; head -c 1 /dev/tty; echo end',
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /got\[\]\n[^]*end\n$/,
  },
  {
    name: "deletes its own directory",
    command: 'echo up; rm -rf "$PWD"; mkdir x; echo end',
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /^up\n[^]*end\n$/,
  },
  { name: "ends by SIGKILL", command: "echo up; kill -9 $$", timeoutMs: 5_000, endsByTimeout: false, output: /^up\n/ },
  {
    name: "kills its whole group",
    command: `echo up; (${loop}) & sleep 0.1; kill -9 0`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /^up\n/,
  },
  {
    name: "ends by SIGSEGV",
    command: "echo up; kill -SEGV $$",
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /^up\n/,
  },
  {
    name: "stops itself",
    command: `echo up; kill -STOP $$; ${loop}`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "stops its whole group",
    command: `echo up; (${loop}) & sleep 0.2; kill -STOP 0; ${loop}`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "closes all that is open",
    command: "echo up; exec 1>&- 2>&- 0<&-; sleep 60",
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "replaces itself",
    command: `echo up; exec sh -c '${deaf}; ${loop}'`,
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "waits for a pipe that nobody writes",
    command: "echo up; mkfifo p; cat p",
    timeoutMs: limit,
    endsByTimeout: true,
    output: /^up\n/,
  },
  {
    name: "leaves the group and clears its environment",
    command: `env -i /usr/bin/setsid /bin/sh -c 'exec /bin/sleep 6.MARK' & sleep 0.2; echo done`,
    timeoutMs: 5_000,
    endsByTimeout: false,
    output: /done\n/,
    escapes: true,
  },
];
