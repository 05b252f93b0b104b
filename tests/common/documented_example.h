#ifndef DOCUMENTED_EXAMPLE_H
#define DOCUMENTED_EXAMPLE_H

/* Pusher's documented example. */
#define KEY "278d425bdf160c739803"
#define CONFIG "{\"key\":\"" KEY "\",\"secret\":\"7ad3773142a6692b25b8\"}"
#define SOCKET_ID "1234.1234"
#define USER "{\"id\":\"12345\"}"
#define RESPONSE                                                                            \
  "{\"auth\":\"" KEY ":4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba\"," \
  "\"user_data\":\"{\\\"id\\\":\\\"12345\\\"}\"}"

#endif
