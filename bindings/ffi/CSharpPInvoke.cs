// pusher-auth in C# by P/Invoke, which is part of .NET and of Mono.
using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
class PusherException : Exception {
  public readonly int Code;
  public PusherException(int code, string message) : base(message) { Code = code; }
}
class Signer : SafeHandleZeroOrMinusOneIsInvalid { // .NET frees it once, never during a call.
  const string Lib = "libpusher_auth.so.1";
  [DllImport(Lib)] static extern IntPtr pusher_error_name(int code);
  [DllImport(Lib)] static extern IntPtr pusher_error_message(int code);
  [DllImport(Lib)] static extern int pusher_signer_new(byte[] config, UIntPtr n, out IntPtr signer);
  [DllImport(Lib)] static extern void pusher_signer_free(IntPtr signer);
  [DllImport(Lib)] static extern UIntPtr pusher_signer_bound(Signer s, UIntPtr n);
  [DllImport(Lib)] public static extern int pusher_signer_authenticate_user(Signer s,
    byte[] id, UIntPtr n1, byte[] user, UIntPtr n2, byte[] response, UIntPtr size);
  [DllImport(Lib)] public static extern int pusher_signer_authorize_channel(Signer s, byte[] id,
    UIntPtr n1, byte[] channel, UIntPtr n2, byte[] data, UIntPtr n3, byte[] response, UIntPtr size);
  [DllImport(Lib)] public static extern int pusher_signer_encrypt(Signer s,
    byte[] channel, UIntPtr n1, byte[] data, UIntPtr n2, byte[] encrypted, UIntPtr size);
  [DllImport(Lib)] public static extern int pusher_signer_decrypt(Signer s,
    byte[] channel, UIntPtr n1, byte[] encrypted, UIntPtr n2, byte[] data, UIntPtr size);
  [DllImport(Lib)] public static extern int pusher_signer_verify_webhook(Signer s,
    byte[] key, UIntPtr n1, byte[] signature, UIntPtr n2, byte[] body, UIntPtr n3);
  static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true); // throws if text is invalid
  static string Ascii(IntPtr text) => Marshal.PtrToStringAnsi(text);
  static int Check(int result) => result >= 0 ? result : throw new PusherException(
    result, $"{Ascii(pusher_error_name(result))}: {Ascii(pusher_error_message(result))}");
  public Signer(string config) : base(true) =>
    Check(pusher_signer_new(Utf8.GetBytes(config), (UIntPtr)Utf8.GetByteCount(config), out handle));
  protected override bool ReleaseHandle() { pusher_signer_free(handle); return true; }
  int Call(string function, params byte[][] values) { // Passes bytes with their lengths.
    var pairs = values.SelectMany(bytes => new object[] { bytes, (UIntPtr)bytes.Length });
    var method = typeof(Signer).GetMethod("pusher_signer_" + function);
    return Check((int)method.Invoke(null, pairs.Prepend(this).ToArray()));
  }
  public string Text(string function, params string[] strings) {
    var data = strings.Select(Utf8.GetBytes);
    var buffer = new byte[(int)pusher_signer_bound(this, (UIntPtr)data.Sum(bytes => bytes.Length))];
    return Utf8.GetString(buffer, 0, Call(function, data.Append(buffer).ToArray()));
  }
  public void VerifyWebhook(string key, string signature, byte[] body) =>
    Call("verify_webhook", Utf8.GetBytes(key), Utf8.GetBytes(signature), body);
  static void Main() {
    const string channel = "private-encrypted-bla";
    var signer = new Signer(Environment.GetEnvironmentVariable("PUSHER_CONFIG"));
    Console.WriteLine(signer.Text("authenticate_user", "1234.1234", "{\"id\":\"12345\"}"));
    Console.WriteLine(signer.Text("authorize_channel", "1234.1234", channel, ""));
    var encrypted = signer.Text("encrypt", channel, "{\"hello\":\"\U0001f30d\"}");
    Console.WriteLine(signer.Text("decrypt", channel, encrypted));
    var token = new Signer("{\"key\":\"key\",\"secret\":\"secret\"}");
    var signature = "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778";
    token.VerifyWebhook("key", signature, Utf8.GetBytes("{\"hello\":\"world\"}"));
    try { token.VerifyWebhook("key", signature, Utf8.GetBytes("{\"hello\":\"World\"}")); }
    catch (PusherException e) { Console.WriteLine(e.Message); }
  }
}
