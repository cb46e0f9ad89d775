// CodecTraining
