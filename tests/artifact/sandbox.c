/* Calls every function in a sandbox that forbids the system's random bytes.
 *
 *   sandbox kill     getrandom and opening a file end the process
 *   sandbox ERRNO    both fail with this errno
 *
 * Only encryption may request random bytes. It must return an error if there are none. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pusher_auth.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) {                                                     \
      fprintf(stderr, "sandbox.c:%d: expected %s\n", __LINE__, #condition); \
      exit(1);                                                              \
    }                                                                       \
  } while (0)

#define CONFIG                                                                           \
  "{\"appId\":\"3\",\"key\":\"k\",\"secret\":\"s\",\"other\":\"\\u00e9\",\"\\u0061\":1," \
  "\"encryptionMasterKeyBase64\":\"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU=\"}"
#define ENCRYPTED "private-encrypted-bla"
#define CIPHERTEXT \
  "{\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\",\"ciphertext\":\"W+mXVfti6CbgLeJQq+SAeTJldi2bCg==\"}"
#define S(literal) literal, sizeof(literal) - 1
#define OUTPUT output, sizeof output

static void forbid(unsigned action) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, action),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* Objects with more than 16 members, with and without escapes in their keys. */
static void users(const pusher_signer *signer) {
  static char user[1 << 16], output[1 << 18];
  int members, escapes, i;
  for (escapes = 0; escapes < 2; escapes++)
    for (members = 0; members < 1000; members = members * 2 + 1) {
      char *end = user + sprintf(user, "{\"id\":\"1\"");
      for (i = 0; i < members; i++)
        end += sprintf(end, escapes ? ",\"\\u006d%d\":[{}]" : ",\"m%d\":[{}]", i);
      strcpy(end, "}");
      CHECK(pusher_signer_authenticate_user(signer, S("1.1"), user, strlen(user), OUTPUT) > 0);
      strcpy(end, ",\"\\u0069d\":1}");
      CHECK(pusher_signer_authenticate_user(signer, S("1.1"), user, strlen(user), OUTPUT) ==
            PUSHER_ERROR_USER_DUPLICATE_MEMBER);
    }
}

static void everything_but_encryption(const pusher_signer *signer) {
  static char form[1 << 16], output[1 << 16];
  char *end = form + sprintf(form, "x=0");
  int i;
  for (i = 0; i < 1000; i++) end += sprintf(end, "&m%d=%d", i, i);
  CHECK(pusher_authenticate_user(CONFIG, "1.1", "{\"id\":\"1\"}", OUTPUT) > 0);
  CHECK(pusher_signer_authorize_channel(signer, S("1.1"), S(ENCRYPTED), NULL, 0, OUTPUT) > 0);
  CHECK(
      pusher_signer_authorize_channel(
          signer, S("1.1"), S("presence-x"),
          S("{\"user_id\":1,\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
            "\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"\\u0072\":1}"),
          OUTPUT) > 0);
  CHECK(pusher_signer_verify_webhook(signer, S("k"), S("00"), S("{}")) ==
        PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(pusher_signer_request_url(signer, S("GET"), S("/channels"), form, strlen(form), NULL, 0, 0,
                                  OUTPUT) > 0);
  CHECK(pusher_signer_terminate_user_url(signer, S("a|b"), 0, OUTPUT) > 0);
  CHECK(pusher_signer_event_body(signer, S("x"), S("a"), S("b"), NULL, 0, OUTPUT) > 0);
  CHECK(pusher_signer_events_body(
            signer, S("{\"name\":\"a\",\"channels\":[\"x\"],\"data\":{\"\\u0061\":1}}"), OUTPUT) >
        0);
  CHECK(pusher_signer_decrypt(signer, S(ENCRYPTED), S(CIPHERTEXT), OUTPUT) == 6);
  CHECK(strcmp(output, "Hello!") == 0);
  CHECK(pusher_request_parameter(S("application/x-www-form-urlencoded"), form, strlen(form), S("x"),
                                 OUTPUT) == 1);
  CHECK(pusher_request_parameter(S("application/json"), S("{\"\\u0078\":\"1\",\"y\":2}"), S("x"),
                                 OUTPUT) == 1);
  CHECK(pusher_jsonp(S("f"), S("{\"\\u0061\":1}"), OUTPUT) > 0);
}

static void encryption(const pusher_signer *signer) {
  char output[512] = "left over";
  CHECK(pusher_signer_encrypt(signer, S(ENCRYPTED), S("Hello!"), OUTPUT) == PUSHER_ERROR_RANDOM);
  CHECK(output[0] == '\0');
  strcpy(output, "left over");
  CHECK(pusher_signer_event_body(signer, S(ENCRYPTED), S("a"), S("b"), NULL, 0, OUTPUT) ==
        PUSHER_ERROR_RANDOM);
  CHECK(output[0] == '\0');
  strcpy(output, "left over");
  CHECK(pusher_signer_events_body(signer,
                                  S("{\"name\":\"a\",\"channels\":[\"" ENCRYPTED "\"],\"data\":1}"),
                                  OUTPUT) == PUSHER_ERROR_RANDOM);
  CHECK(output[0] == '\0');
}

int main(int argc, char **argv) {
  pusher_signer *signer;
  int kills = argc == 2 && strcmp(argv[1], "kill") == 0;
  CHECK(argc == 2);
  puts("in the sandbox"); /* glibc's first malloc requests random bytes too */
  forbid(kills ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | (unsigned)atoi(argv[1]));
  CHECK(pusher_signer_new(S(CONFIG), &signer) == 0);
  users(signer);
  everything_but_encryption(signer);
  if (!kills) encryption(signer);
  pusher_signer_free(signer);
  puts("ok, only encryption requested random bytes");
  return 0;
}
