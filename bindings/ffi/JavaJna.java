// pusher-auth in Java by JNA.
import static java.nio.charset.StandardCharsets.UTF_8;
import com.sun.jna.*;
import com.sun.jna.ptr.PointerByReference;
import java.util.*;
public class JavaJna {
  static final NativeLibrary LIB = NativeLibrary.getInstance("libpusher_auth.so.1");
  static Object invoke(Class<?> result, String function, Object... arguments) {
    return LIB.getFunction("pusher_" + function).invoke(result, arguments);
  }
  static class PusherException extends RuntimeException {
    PusherException(Object code) {
      super("" + invoke(String.class, "error_name", code)
          + ": " + invoke(String.class, "error_message", code));
    }
  }
  static int call(String function, Object... arguments) { // Passes strings with their lengths.
    var values = new ArrayList<Object>();
    for (var argument : arguments) {
      var bytes = argument instanceof String text ? text.getBytes(UTF_8) : null;
      values.addAll(bytes == null ? List.of(argument) : List.of(bytes, (long) bytes.length));
    }
    int result = (int) invoke(int.class, function, values.toArray());
    if (result < 0) throw new PusherException(result);
    return result;
  }
  static Pointer newSigner(String config) { // To free it, pass it to pusher_signer_free().
    var signer = new PointerByReference();
    call("signer_new", config, signer);
    return signer.getValue();
  }
  static String text(String function, Pointer signer, String... strings) {
    long length = String.join("", strings).getBytes(UTF_8).length;
    long size = (long) invoke(long.class, "signer_bound", signer, length);
    var arguments = new ArrayList<Object>(List.of(strings));
    if (function.startsWith("signer_")) arguments.add(0, signer);
    var buffer = new Memory(size);
    Collections.addAll(arguments, buffer, size);
    return new String(buffer.getByteArray(0, call(function, arguments.toArray())), UTF_8);
  }
  public static void main(String[] arguments) {
    var signer = newSigner(System.getenv("PUSHER_CONFIG"));
    var out = new java.io.PrintStream(System.out, true, UTF_8);
    out.println(text("signer_authenticate_user", signer, "1234.1234", "{\"id\":\"12345\"}"));
    var channel = "private-encrypted-bla";
    out.println(text("signer_authorize_channel", signer, "1234.1234", channel, ""));
    var hello = "{\"hello\":\"\ud83c\udf0d\"}";
    var body = text("signer_event_body", signer, channel, "news", hello, "");
    var data = text("request_parameter", signer, "application/json", body, "data"); // reads JSON
    out.println(text("signer_decrypt", signer, channel, data));
    String signature = "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778";
    var token = newSigner("{\"key\":\"key\",\"secret\":\"secret\"}");
    call("signer_verify_webhook", token, "key", signature, "{\"hello\":\"world\"}");
    try {
      call("signer_verify_webhook", token, "key", signature, "{\"hello\":\"World\"}");
    } catch (PusherException e) {
      out.println(e.getMessage());
    }
  }
}
