// CMRLCodec
