const caught = "HUP INT QUIT TERM USR1 USR2 ALRM";

/**
 * What leads a command's process group: plain POSIX shell, run by /bin/sh as `sh -c SCRIPT NAME SHELL COMMAND`, with output on 1,
 * the pipe from the owner on 3 and the pipe for the exit code on 4.
 *
 * - The watcher reads pipe 3, on which nothing is ever written: it ends when the owner died, however it did, and then the whole group
 *   is killed. One system call reaches all of it, the watcher too.
 * - The command runs in the foreground, because a shell lets what it runs in the background ignore SIGINT. It gets neither pipe,
 *   and its errors go where its output goes, so that they stand in the order in which they were written.
 * - `cat` is there because Node's pipes are sockets, and `echo … > /dev/stderr` fails on a socket.
 * - Signals to the group are caught by all but the command (caught ones are reset for what is started): the command is told to stop,
 *   and its exit code still arrives. `read` may end by a signal, hence the loop.
 * - When the command's output has ended too, the watcher is ended and reaped, and the leader ends what is left of the group, itself
 *   included. Before that, the owner may: while the leader lives, the number of its group can belong to nobody else.
 */
export const leaderScript = `
trap : ${caught}
{
  trap 'again=1' ${caught}
  again=1
  while [ "$again" = 1 ]; do again=0; read -r line <&3; done
  kill -KILL 0
} </dev/null >/dev/null 2>&1 4>&- &
watcher=$!
{
  trap : ${caught}
  "$1" -c -- "$2" 2>&1 3<&- 4>&-
  echo "$?" >&4
} 3<&- | {
  trap '' ${caught}
  exec cat 3<&- 4>&-
}
exec >/dev/null 4>&-
kill -KILL "$watcher"
wait "$watcher"
kill -KILL 0
`;
