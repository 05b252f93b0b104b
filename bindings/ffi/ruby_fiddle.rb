# pusher-auth in Ruby by fiddle, which is part of Ruby, with the declarations in pusher_auth.ffi.h.
require 'fiddle/import'
require 'json'

module Lib
  extend Fiddle::Importer
  dlload 'libpusher_auth.so.1'
  typealias 'int32_t', 'int'
  typealias 'int64_t', 'long long'
  declarations = File.read(File.expand_path('../../include/pusher_auth.ffi.h', __dir__))
  declarations.scan(/^(.*\));$/) { |(declaration)| extern declaration }
end

class PusherError < StandardError
  attr_reader :code
  def initialize(code)
    @code = code
    super("#{Lib.pusher_error_name(code)}: #{Lib.pusher_error_message(code)}")
  end

  # Passes strings with their lengths, and raises errors.
  def self.check(function, *arguments)
    values = arguments.flat_map { |value| value.is_a?(String) ? [value, value.bytesize] : [value] }
    result = Lib.public_send(function, *values)
    result.negative? ? raise(new(result)) : result
  end
end

class Signer
  def initialize(config)
    pointer = Fiddle::Pointer.malloc(Fiddle::SIZEOF_VOIDP, Fiddle::RUBY_FREE)
    PusherError.check(:pusher_signer_new, config, pointer)
    @signer = Fiddle::Pointer.new(pointer.ptr.to_i, 0, Lib['pusher_signer_free'])
  end

  def text(function, *strings)
    size = Lib.pusher_signer_bound(@signer, strings.sum(&:bytesize))
    buffer = Fiddle::Pointer.malloc(size, Fiddle::RUBY_FREE)
    length = PusherError.check(:"pusher_signer_#{function}", @signer, *strings, buffer, size)
    buffer[0, length].force_encoding('UTF-8')
  end

  def verify_webhook(*strings) = PusherError.check(:pusher_signer_verify_webhook, @signer, *strings)
end

signer = Signer.new(ENV.fetch('PUSHER_CONFIG'))
channel = 'private-encrypted-bla'
puts signer.text(:authenticate_user, '1234.1234', '{"id":"12345"}')
puts signer.text(:authorize_channel, '1234.1234', channel, '')
event = signer.text(:event_body, channel, 'news', '{"hello":"🌍"}', '')
puts signer.text(:decrypt, channel, JSON.parse(event)['data'])

token = Signer.new('{"key":"key","secret":"secret"}')
signature = '2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778'
token.verify_webhook('key', signature, '{"hello":"world"}')
begin
  token.verify_webhook('key', signature, '{"hello":"World"}')
rescue PusherError => e
  puts e.message
end
