# pusher-auth in Perl by FFI::Platypus. All strings are bytes: encode text as UTF-8 first.

use strict;
use warnings;
use JSON::PP 'decode_json';

package PusherError {
    use overload '""' => sub { $_[0]{message} };
}

package Signer {
    use FFI::Platypus 2.00;
    use FFI::Platypus::Buffer 'scalar_to_pointer';

    my $ffi = FFI::Platypus->new(api => 2, lib => 'libpusher_auth.so.1');
    $ffi->attach("pusher_error_$_", ['sint32'], 'string') for 'name', 'message';
    $ffi->attach('pusher_signer_bound', ['opaque', 'size_t'], 'size_t');
    $ffi->attach('pusher_signer_free', ['opaque'], 'void');
    my @string = ('string', 'size_t');
    my %types = (new => [@string, 'opaque*'], verify_webhook => ['opaque', (@string) x 3]);
    my %strings = (authenticate_user => 2, authorize_channel => 3, event_body => 4, decrypt => 2);
    $types{$_} = ['opaque', (@string) x $strings{$_}, 'opaque', 'size_t'] for keys %strings;

    # Passes strings with their lengths, and dies with an error. It also dies if text is not bytes.
    sub call {
        my ($name, $signer, $strings, @rest) = @_;
        my @pairs = map { utf8::downgrade(my $bytes = $_); ($bytes, length $bytes) } @$strings;
        my @arguments = ($signer // (), @pairs, @rest);
        die "wrong number of strings for $name" if @arguments != @{ $types{$name} };
        my $code = $ffi->function("pusher_signer_$name", $types{$name}, 'sint32')->call(@arguments);
        return $code if $code >= 0;
        my $message = pusher_error_name($code) . ': ' . pusher_error_message($code);
        die bless { code => $code, message => $message }, 'PusherError';
    }
    sub new {
        my ($class, $config) = @_;
        call('new', undef, [$config], \my $signer);
        return bless \$signer, $class;
    }
    sub DESTROY { pusher_signer_free(${ $_[0] }) }

    sub text {
        my ($self, $name, @strings) = @_;
        my $buffer = "\0" x pusher_signer_bound($$self, length join '', @strings);
        my @buffer = (scalar_to_pointer($buffer), length $buffer);
        return substr $buffer, 0, call($name, $$self, \@strings, @buffer);
    }
    sub verify_webhook { my ($self, @strings) = @_; call('verify_webhook', $$self, \@strings) }
}
my $signer = Signer->new($ENV{PUSHER_CONFIG});
my $channel = 'private-encrypted-bla';
print $signer->text('authenticate_user', '1234.1234', '{"id":"12345"}'), "\n";
print $signer->text('authorize_channel', '1234.1234', $channel, ''), "\n";
my $event = decode_json($signer->text('event_body', $channel, 'news', '{"hello":"🌍"}', ''));
print $signer->text('decrypt', $channel, $event->{data}), "\n";

my $token = Signer->new('{"key":"key","secret":"secret"}');
my $signature = '2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778';
$token->verify_webhook('key', $signature, '{"hello":"world"}');
eval { $token->verify_webhook('key', $signature, '{"hello":"World"}') } // print "$@\n";
