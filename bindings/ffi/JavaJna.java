// pusher-auth in Java by JNA.
import static java.nio.charset.StandardCharsets.UTF_8;
import com.sun.jna.*;
import com.sun.jna.ptr.PointerByReference;
import java.util.stream.Stream;
public class JavaJna {
  static final NativeLibrary LIB = NativeLibrary.getInstance("libpusher_auth.so.1");
  static Object invoke(Class<?> result, String function, Object... arguments) {
    return LIB.getFunction("pusher_" + function).invoke(result, arguments);
  }
  static class PusherException extends RuntimeException {
    final int code;
    PusherException(int code) {
      super("" + invoke(String.class, "error_name", code) + ": "
          + invoke(String.class, "error_message", code));
      this.code = code;
    }
  }
  static int call(String function, Object... arguments) { // Passes strings with their lengths.
    Stream<Object> values = Stream.of(arguments)
        .flatMap(value -> value instanceof String[] strings ? Stream.of(strings) : Stream.of(value))
        .map(value -> value instanceof String text ? text.getBytes(UTF_8) : value)
        .flatMap(v -> v instanceof byte[] data ? Stream.of(v, (long) data.length) : Stream.of(v));
    int result = (int) invoke(int.class, function, values.toArray());
    if (result < 0) throw new PusherException(result);
    return result;
  }
  static class Signer implements AutoCloseable {
    Pointer pointer; // null after close()
    Signer(String config) {
      var signer = new PointerByReference();
      call("signer_new", config, signer);
      pointer = signer.getValue();
    }
    String text(String function, String... strings) {
      long length = String.join("", strings).getBytes(UTF_8).length;
      var buffer = new byte[(int) (long) invoke(long.class, "signer_bound", pointer, length)];
      return new String(buffer, 0, call("signer_" + function, pointer, strings, buffer), UTF_8);
    }
    public void close() { invoke(void.class, "signer_free", pointer); pointer = null; }
  }
  public static void main(String[] arguments) {
    var out = new java.io.PrintStream(System.out, true, UTF_8);
    var channel = "private-encrypted-bla";
    var signature = "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778";
    try (var signer = new Signer(System.getenv("PUSHER_CONFIG"));
        var token = new Signer("{\"key\":\"key\",\"secret\":\"secret\"}")) {
      out.println(signer.text("authenticate_user", "1234.1234", "{\"id\":\"12345\"}"));
      out.println(signer.text("authorize_channel", "1234.1234", channel, ""));
      var event = signer.text("event_body", channel, "news", "{\"hello\":\"\ud83c\udf0d\"}", "");
      var data = new byte[event.length()]; // Java has no JSON parser, but the library reads text.
      int length = call("request_parameter", "application/json", event, "data", data);
      out.println(signer.text("decrypt", channel, new String(data, 0, length, UTF_8)));
      call("signer_verify_webhook", token.pointer, "key", signature, "{\"hello\":\"world\"}");
      call("signer_verify_webhook", token.pointer, "key", signature, "{\"hello\":\"World\"}");
    } catch (PusherException e) {
      out.println(e.getMessage());
    }
  }
}
