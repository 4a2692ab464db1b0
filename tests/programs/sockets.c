/* Sockets in one process: names, options, control messages, several messages at once. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define SHOW(call)                                                                    \
  do {                                                                                \
    errno = 0;                                                                        \
    long r_ = (long)(call);                                                           \
    printf("%-40s %ld %s\n", #call, r_ < 0 ? -1 : r_, r_ < 0 ? strerror(errno) : ""); \
  } while (0)

static int option(int s, int level, int name) {
  int v = -1;
  socklen_t n = sizeof v;
  return getsockopt(s, level, name, &v, &n) < 0 ? -errno : v;
}

static void tcp(int family) {
  union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage all;
  } a = {.any.sa_family = family}, peer;
  socklen_t n = family == AF_INET ? sizeof a.in : sizeof a.in6, m = sizeof peer;
  if (family == AF_INET) a.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  else a.in6.sin6_addr = in6addr_loopback;
  int server = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), client = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (bind(server, &a.any, n) < 0) {
    printf("family %d unavailable\n", family);
    return;
  }
  SHOW(setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)));
  SHOW(listen(server, 3));
  SHOW(getsockname(server, &a.any, &n));
  int r = connect(client, &a.any, n);
  printf("%s\n", r < 0 ? strerror(errno) : "connected");
  int s = accept4(server, &peer.any, &m, SOCK_NONBLOCK);
  printf("peer %d %u %d\n", peer.any.sa_family == family, m, (fcntl(s, F_GETFL) & O_NONBLOCK) != 0);
  SHOW(poll(&(struct pollfd){client, POLLOUT}, 1, 1000));
  SHOW(option(client, SOL_SOCKET, SO_ERROR));
  SHOW(option(client, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
  SHOW(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)));
  SHOW(option(client, IPPROTO_TCP, TCP_NODELAY));
  SHOW(setsockopt(s, SOL_SOCKET, SO_LINGER, &(struct linger){1, 7}, sizeof(struct linger)));
  struct linger l;
  socklen_t ln = sizeof l;
  SHOW(getsockopt(s, SOL_SOCKET, SO_LINGER, &l, &ln));
  printf("linger %d %d %u\n", l.l_onoff, l.l_linger, ln);
  struct timeval tv = {3, 250000}, got;
  SHOW(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
  socklen_t tn = sizeof got;
  SHOW(getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &got, &tn));
  printf("timeout %ld %ld %d\n", (long)got.tv_sec, (long)got.tv_usec, tn == sizeof got);
  struct tcp_info info;
  socklen_t in = sizeof info;
  SHOW(getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &in));
  printf("state %d\n", info.tcpi_state);
  char buffer[64];
  SHOW(recv(s, buffer, 64, 0));
  SHOW(send(client, "hello", 5, MSG_NOSIGNAL));
  SHOW(poll(&(struct pollfd){s, POLLIN}, 1, 1000));
  int waiting;
  SHOW(ioctl(s, FIONREAD, &waiting));
  printf("%d waiting\n", waiting);
  SHOW(recv(s, buffer, 64, MSG_PEEK));
  SHOW(readv(s, (struct iovec[]){{buffer, 2}, {buffer + 10, 20}}, 2));
  printf("%.2s %.3s\n", buffer, buffer + 10);
  SHOW(shutdown(client, SHUT_WR));
  SHOW(poll(&(struct pollfd){s, POLLIN | POLLRDHUP}, 1, 1000));
  SHOW(recv(s, buffer, 64, 0));
  close(client);
  close(server);
  close(s);
  SHOW(connect(client, &a.any, n));
}

static void local(void) {
  struct sockaddr_un a = {AF_UNIX}, b;
  snprintf(a.sun_path + 1, 100, "tsemu-%d", getpid());
  socklen_t n = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(a.sun_path + 1), m = sizeof b;
  int s = socket(AF_UNIX, SOCK_DGRAM, 0), t = socket(AF_UNIX, SOCK_DGRAM, 0);
  SHOW(bind(s, (struct sockaddr *)&a, n));
  SHOW(bind(t, (struct sockaddr *)&a, n));
  SHOW(sendto(t, "x", 1, 0, (struct sockaddr *)&a, n));
  SHOW(getsockname(s, (struct sockaddr *)&b, &m) == 0 && m == n && memcmp(&a, &b, n) == 0);
  SHOW(setsockopt(s, SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
  SHOW(setsockopt(s, SOL_SOCKET, SO_TIMESTAMP, &(int){1}, sizeof(int)));
  SHOW(connect(t, (struct sockaddr *)&a, n));
  char text[8];
  SHOW(recv(s, text, 8, 0));
  int files[2];
  pipe(files);
  union {
    char room[256];
    struct cmsghdr align;
  } control;
  struct iovec iov = {"fds", 3};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(8)};
  struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(8);
  memcpy(CMSG_DATA(c), files, 8);
  SHOW(sendmsg(t, &msg, 0));
  iov.iov_base = text;
  iov.iov_len = 8;
  msg.msg_controllen = sizeof control;
  SHOW(recvmsg(s, &msg, MSG_CMSG_CLOEXEC));
  printf("flags %x\n", msg.msg_flags & ~MSG_CMSG_CLOEXEC);
  int passed[2] = {-1, -1};
  int seen[3] = {0, 0, 0};
  for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
    if (c->cmsg_type == SCM_RIGHTS) {
      seen[0] = c->cmsg_len == CMSG_LEN(8);
      memcpy(passed, CMSG_DATA(c), 8);
    } else if (c->cmsg_type == SCM_CREDENTIALS) {
      struct ucred *u = (void *)CMSG_DATA(c);
      seen[1] = u->pid == getpid() && u->uid == getuid() && u->gid == getgid();
    } else if (c->cmsg_type == SCM_TIMESTAMP) {
      struct timeval *when = (void *)CMSG_DATA(c), now;
      gettimeofday(&now, NULL);
      seen[2] = c->cmsg_len == CMSG_LEN(sizeof *when) && labs((long)(now.tv_sec - when->tv_sec)) < 10;
    }
  }
  printf("rights %d credentials %d time %d\n", seen[0], seen[1], seen[2]);
  SHOW(write(passed[1], "through", 8));
  SHOW(read(files[0], text, 8));
  printf("%s %d\n", text, fcntl(passed[0], F_GETFD));
  struct ucred u;
  socklen_t un = sizeof u;
  int pair[2];
  SHOW(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
  SHOW(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &u, &un));
  printf("%d\n", u.pid == getpid());
  struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 2)};
  SHOW(setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &(struct sock_fprog){1, code}, sizeof(struct sock_fprog)));
  SHOW(send(pair[0], "cut", 3, 0));
  SHOW(recv(pair[1], text, 8, 0));
}

static void datagrams(void) {
  struct sockaddr_in a = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}}, from[3];
  socklen_t n = sizeof a;
  int s = socket(AF_INET, SOCK_DGRAM, 0), t = socket(AF_INET, SOCK_DGRAM, 0);
  bind(s, (struct sockaddr *)&a, n);
  getsockname(s, (struct sockaddr *)&a, &n);
  SHOW(setsockopt(s, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)));
  SHOW(setsockopt(s, IPPROTO_IP, IP_RECVTTL, &(int){1}, sizeof(int)));
  struct iovec out[2] = {{"one", 3}, {"second", 6}};
  struct mmsghdr sent[2] = {{{&a, sizeof a, &out[0], 1}}, {{&a, sizeof a, &out[1], 1}}};
  SHOW(sendmmsg(t, sent, 2, 0));
  printf("%u %u\n", sent[0].msg_len, sent[1].msg_len);
  char text[3][16], control[3][128];
  struct iovec in[3];
  struct mmsghdr got[3];
  memset(got, 0, sizeof got);
  for (int i = 0; i < 3; i++) {
    in[i] = (struct iovec){text[i], 16};
    got[i].msg_hdr = (struct msghdr){&from[i], sizeof from[i], &in[i], 1, control[i], 128};
  }
  struct timespec wait = {1, 0};
  SHOW(recvmmsg(s, got, 3, MSG_WAITFORONE, &wait));
  for (int i = 0; i < 2; i++) {
    printf("%.*s from %s, namelen %u", got[i].msg_len, text[i], inet_ntoa(from[i].sin_addr), got[i].msg_hdr.msg_namelen);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&got[i].msg_hdr); c; c = CMSG_NXTHDR(&got[i].msg_hdr, c)) {
      if (c->cmsg_type == IP_TTL) printf(", ttl %d", *(int *)CMSG_DATA(c));
      if (c->cmsg_type == IP_PKTINFO) printf(", interface %d", ((struct in_pktinfo *)CMSG_DATA(c))->ipi_ifindex == if_nametoindex("lo"));
    }
    puts("");
  }
  SHOW(recv(s, text[0], 2, MSG_DONTWAIT));
  SHOW(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &(struct ip_mreqn){{inet_addr("224.0.0.251")}, {0}, if_nametoindex("lo")},
                  sizeof(struct ip_mreqn)));
  struct group_req g = {if_nametoindex("lo")};
  *(struct sockaddr_in *)&g.gr_group = (struct sockaddr_in){AF_INET, 0, {inet_addr("224.0.0.252")}};
  SHOW(setsockopt(s, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof g));
  SHOW(setsockopt(s, IPPROTO_IP, MCAST_LEAVE_GROUP, &g, sizeof g));
  /* nobody listens there: the error comes back through the error queue */
  close(s);
  SHOW(setsockopt(t, IPPROTO_IP, IP_RECVERR, &(int){1}, sizeof(int)));
  SHOW(connect(t, (struct sockaddr *)&a, n));
  SHOW(send(t, "x", 1, 0));
  SHOW(poll(&(struct pollfd){t, 0}, 1, 1000));
  struct iovec one = {text[0], 16};
  struct msghdr m = {&from[0], sizeof from[0], &one, 1, control[0], 128};
  SHOW(recvmsg(t, &m, MSG_ERRQUEUE));
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  printf("%d %d %s\n", c && c->cmsg_level == IPPROTO_IP, c && c->cmsg_type == IP_RECVERR, c ? strerror(*(int *)CMSG_DATA(c)) : "");
}

static void interfaces(void) {
  struct ifaddrs *all, *i;
  SHOW(getifaddrs(&all));
  for (i = all; i; i = i->ifa_next) {
    if (strcmp(i->ifa_name, "lo") || !i->ifa_addr) continue;
    char text[64] = "";
    if (i->ifa_addr->sa_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *)i->ifa_addr)->sin_addr, text, 64);
    if (i->ifa_addr->sa_family == AF_INET6) inet_ntop(AF_INET6, &((struct sockaddr_in6 *)i->ifa_addr)->sin6_addr, text, 64);
    if (i->ifa_addr->sa_family == AF_PACKET) printf("packet %d ", ((struct sockaddr_ll *)i->ifa_addr)->sll_hatype);
    printf("%s %d %s %x\n", i->ifa_name, i->ifa_addr->sa_family, text, i->ifa_flags & IFF_LOOPBACK);
  }
  char name[IF_NAMESIZE];
  printf("%s\n", if_indextoname(if_nametoindex("lo"), name));
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifreq list[20], one;
  struct ifconf conf = {sizeof list, {(char *)list}};
  SHOW(ioctl(s, SIOCGIFCONF, &conf));
  for (int k = 0; k < conf.ifc_len / (int)sizeof *list; k++)
    if (!strcmp(list[k].ifr_name, "lo")) printf("%s %s\n", list[k].ifr_name, inet_ntoa(((struct sockaddr_in *)&list[k].ifr_addr)->sin_addr));
  strcpy(one.ifr_name, "lo");
  SHOW(ioctl(s, SIOCGIFMTU, &one));
  printf("%d\n", one.ifr_mtu);
  SHOW(ioctl(s, SIOCGIFNETMASK, &one));
  printf("%s\n", inet_ntoa(((struct sockaddr_in *)&one.ifr_netmask)->sin_addr));
  strcpy(one.ifr_name, "nosuch");
  SHOW(ioctl(s, SIOCGIFMTU, &one));
}

int main(void) {
  SHOW(socket(99, SOCK_STREAM, 0));
  SHOW(socket(AF_INET, 77, 0));
  tcp(AF_INET);
  tcp(AF_INET6);
  local();
  datagrams();
  interfaces();
  /* connect on a closed descriptor */
  return 0;
}
