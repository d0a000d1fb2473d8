/** URLs that lead to the canary on this machine, or to what must not be reached, in every disguise. PORT stands for the canary's. */
export const hostileUrls: readonly string[] = [
  // Loopback, in the forms of an IPv4 address.
  "127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0x7F.1 127.0.0.1.",
  "127.255.255.254 127.000.000.001 0000177.0.0.01 0 0.0.0.0 0x0 00 0. %31%32%37.0.0.1 127%2e0%2e0%2e1 ①②⑦.⓪.⓪.①",
  "１２７.０.０.１ 127。0。0。1 127．0．0．1 ¹²⁷.0.0.1",
  // Loopback, in the forms of an IPv6 address.
  "[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]",
  "[::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b:1::127.0.0.1] [2002:7f00:1::] [2002:7f00:0001::1]",
  "[2001:0:7f00:1::] [2001::80fe:ffff] [fe80::5efe:127.0.0.1] [2a00:1450::5efe:127.0.0.1]",
  "[2a00:1450::200:5efe:7f00:1] [0:0:0:0:0:ffff:7f00:1] [::ffff:0.0.0.0]",
  // Private networks, links, carriers.
  "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.1.1 0xc0a80101 100.64.0.1",
  "100.127.255.254 169.254.0.1 0251.0376.0.1 192.0.0.1 192.0.0.8 192.0.0.192 [fc00::1] [fd00::1] [fdff:ffff::1]",
  "[fe80::1] [febf::1] [fec0::1] [::ffff:10.0.0.1] [::ffff:192.168.0.1] [64:ff9b::10.0.0.1] [2002:c0a8:101::1]",
  "[2002:a00:1::]",
  // The metadata of clouds.
  "169.254.169.254 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 169.16689662 [fd00:ec2::254]",
  "[::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::] 169.254.170.2",
  "100.100.100.200 168.63.129.16 [fd20:ce::254] ①⑥⑨.②⑤④.①⑥⑨.②⑤④",
  // Set apart for other things.
  "192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 192.88.99.1 192.175.48.1 192.31.196.1",
  "192.52.193.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 [ff02::1] [ff0e::1] [100::1] [2001:db8::1]",
  "[3fff::1] [2001:2::1] [2001:10::1] [2001:20::1] [2620:4f:8000::1] [2001:4:112::1] [4000::1] [5f00::1] [::2]",
  "[::1.2.3.4]",
]
  .flatMap((line) => line.split(" "))
  .map((host) => `http://${host}:PORT/`);

/** Texts that are no URL which is fetched. */
export const hostileTexts: readonly string[] = [
  "file:///etc/passwd",
  "ftp://127.0.0.1:PORT/",
  "gopher://127.0.0.1:PORT/_GET%20/",
  "data:text/html,hello",
  "javascript:alert(1)",
  "blob:http://127.0.0.1:PORT/x",
  "ws://127.0.0.1:PORT/",
  "unix:/var/run/docker.sock",
  "//127.0.0.1:PORT/",
  "/etc/passwd",
  "",
  "http://",
  "http://./",
  "http://..:PORT/",
  "http://user@127.0.0.1:PORT/",
  "http://:password@127.0.0.1:PORT/",
  "http://example.com@127.0.0.1:PORT/",
  "http://example.com%40127.0.0.1:PORT/",
  "http://example.com:80@127.0.0.1:PORT/",
  "http://127.0.0.1:PORT#@example.com/",
  "http://127.0.0.1:PORT\\@example.com/",
  "http:\\\\127.0.0.1:PORT\\",
  "http:127.0.0.1:PORT/",
  "http:/127.0.0.1:PORT/",
  "http:///127.0.0.1:PORT/",
  " http://127.0.0.1:PORT/ ",
  "ht\ntp://127.0.0.1:PORT/",
  "http://127.0.\t0.1:PORT/",
  "http://127.0.0.1\u0000.example.com:PORT/",
  "http://[::1%25lo]:PORT/",
  "http://[fe80::1%eth0]:PORT/",
  "http://[::1:PORT/",
  "http://127.0.0.256:PORT/",
  "http://1.2.3.4.5:PORT/",
  "http://0x7f.0.0.0x1.:PORT/",
  "HTTP://127.0.0.1:PORT/",
  "https://127.0.0.1:PORT/",
  "http://93.184.216.34:22/",
  "http://93.184.216.34:6379/",
  "http://93.184.216.34:2375/",
  `http://127.0.0.1:PORT/${"x".repeat(9_000)}`,
];
